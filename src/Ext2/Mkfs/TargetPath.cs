using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Ext2Union.Ext2.Mkfs.Archives;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>Finds directories of a tree that is being made by their paths, and keeps the last one: entries of an archive come directory by directory.</summary>
internal sealed class TargetPath(DirectoryInode root) : IDisposable
{
    // Modes of a directory that an archive has entries in but does not describe.
    private const uint PlainMode = 0x1ED;

    private byte[] path = [];
    private DirectoryInode? held;

    /// <summary>
    /// Finds a directory, and makes it and those above it where the caller says so. What it answers is valid until the next call. False:
    /// <paramref name="sentence"/> says what stands in the way.
    /// </summary>
    public bool TryEnter(ReadOnlySpan<byte> wanted, bool makeMissing, [NotNullWhen(true)] out DirectoryInode? directory, out Errno error, out string sentence)
    {
        directory = null;
        error = Errno.None;
        sentence = "";
        if (held is not null && wanted.SequenceEqual(path))
        {
            directory = held;
            return true;
        }

        Leave();
        root.Acquire();
        DirectoryInode at = root;
        int end = 0;
        foreach (Range range in wanted.Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = wanted[range];
            if (name.IsEmpty)
            {
                continue;
            }

            end = range.End.GetOffset(wanted.Length);
            Inode? next = Step(at, name, makeMissing, out error);
            at.Release();
            if (next is not DirectoryInode below)
            {
                sentence = Describe(next, wanted[..end], error);
                error = next is null ? error : Errno.ENOTDIR;
                next?.Release();
                return false;
            }

            at = below;
        }

        held = at;
        path = wanted.ToArray();
        directory = at;
        return true;
    }

    /// <summary>Forgets the last one, as whoever may remove a directory must.</summary>
    public void Leave()
    {
        held?.Release();
        held = null;
    }

    /// <inheritdoc/>
    public void Dispose() => Leave();

    private static Inode? Step(DirectoryInode at, ReadOnlySpan<byte> name, bool makeMissing, out Errno error)
    {
        if (at.Lookup(name).TryGet(out Inode found, out error))
        {
            return found;
        }

        return error == Errno.ENOENT && makeMissing && at.Create(name, new NewInode { Mode = ModeBits.Of(InodeKind.Directory, PlainMode) }).TryGet(out Inode made, out error)
            ? made
            : null;
    }

    private static string Describe(Inode? inode, ReadOnlySpan<byte> at, Errno error)
    {
        string shown = TarEntry.Show(at);
        return inode is null ? error == Errno.ENOENT ? $"{shown} is not in the archive before it" : $"opening {shown} failed: {Marshal.GetPInvokeErrorMessage((int)error)}"
            : inode.Kind == InodeKind.Symlink ? $"its name leads through {shown}, which is a symbolic link"
            : $"its name leads through {shown}, which is no directory";
    }
}
