using System.Buffers.Binary;
using System.Text;
using Ext2Union.Linux.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <content>
/// What a top remembers of this layer and of the sources of its copies. The host finds nothing by number, so a source is found by its path
/// again, component by component from the root's descriptor; a symlink on the way is not followed.
/// </content>
public sealed partial class HostFileSystem
{
    // Inode number, seconds and nanoseconds of the birth time, type of the file system (docs/FORMAT.md, "The table of lowers").
    private const int IdentityBytes = 8 + 8 + 4 + 8;

    /// <inheritdoc/>
    public override LayerIdentity Identity { get; }

    /// <summary>
    /// Finds an object by the path that it had once. One of the root's own file system must have the number too; objects of submounts get
    /// theirs anew at each mount. Errors: ESTALE.
    /// </summary>
    public override Result<Inode> FindSource(ulong number, ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return Find(number);
        }

        DirectoryInode at = root;
        at.Acquire();
        while (true)
        {
            int slash = path.IndexOf((byte)'/');
            Result<Inode> found = at.Lookup(slash < 0 ? path : path[..slash]);
            at.Release();
            if (!found.TryGet(out Inode next, out Errno error))
            {
                return error is Errno.ENOENT or Errno.ENAMETOOLONG ? Errno.ESTALE : error;
            }

            if (slash < 0)
            {
                return IsNumber(next, number) ? found : LetGo(next);
            }

            if (next is not DirectoryInode directory)
            {
                return LetGo(next);
            }

            at = directory;
            path = path[(slash + 1)..];
        }
    }

    /// <inheritdoc/>
    public override Errno GetSourcePath(Inode inode, Span<byte> path, out int length)
    {
        length = 0;
        using RankedLock.Scope scope = Gate.Enter();
        if (!numbers.TryGetKey(inode.Number, out HostKey key) || !objects.TryGetValue(key, out HostObject? known) || !ReferenceEquals(known.Inode, inode))
        {
            return Errno.ESTALE;
        }

        for (HostLocation? at = known.Location; at is not null; at = at.Parent.Location)
        {
            // The name's zero makes room for the slash; the last name has none.
            length += at.TerminatedName.Length;
        }

        length = Math.Max(0, length - 1);
        if (path.IsEmpty || length > path.Length)
        {
            return path.IsEmpty ? Errno.None : Errno.ERANGE;
        }

        int end = length;
        for (HostLocation? at = known.Location; at is not null; at = at.Parent.Location)
        {
            ReadOnlySpan<byte> name = at.TerminatedName.AsSpan(..^1);
            name.CopyTo(path[(end - name.Length)..]);
            end -= name.Length + 1;
            if (end >= 0)
            {
                path[end] = (byte)'/';
            }
        }

        return Errno.None;
    }

    private static Errno LetGo(Inode inode)
    {
        inode.Release();
        return Errno.ESTALE;
    }

    private static bool IsNumber(Inode found, ulong number) =>
        found.Number == number || (InodeNumbers.IsAssigned(found.Number) && InodeNumbers.IsAssigned(number));

    private static LayerIdentity IdentityOf(int descriptor, in EntryStatus status, ReadOnlySpan<byte> path)
    {
        byte[] value = new byte[IdentityBytes];
        BinaryPrimitives.WriteUInt64LittleEndian(value, status.Attributes.Inode);
        BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(8), status.Attributes.BirthTime.Seconds);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(16), status.Attributes.BirthTime.Nanoseconds);
        if (EntryCalls.GetFileSystemType(descriptor, out ulong type) == Errno.None)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(20), type);
        }

        return new LayerIdentity(LayerKind.HostDirectory, value, $"directory {Encoding.UTF8.GetString(path)}");
    }
}
