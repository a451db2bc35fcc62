using Ext2Union.Ext2.Fsck;
using Ext2Union.HostDirectory;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Fsck;

/// <summary>
/// A directory of the host as a lower that a top is compared with. The host finds nothing by number, so every object is known by its path and looked up from the root's
/// descriptor when it is asked for: a top has far fewer objects than the layers it lies on.
/// </summary>
internal sealed class HostLower(string name, HostFileSystem host) : LowerLayer
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override LayerIdentity Identity => host.Identity;

    /// <inheritdoc/>
    public override LowerNode Root => new(host.Root.Number, InodeKind.Directory, []);

    /// <inheritdoc/>
    public override LowerDirectory Open(LowerNode directory)
    {
        var found = new LowerDirectory();
        Inode inode = Find(directory);
        var sink = new NameSink(found, directory.Path!);
        Errno error = ((DirectoryInode)inode).Enumerate(0, sink);
        inode.Release();
        return error == Errno.None ? found : throw Unreadable(directory.Path!, error);
    }

    /// <inheritdoc/>
    public override LowerFacts FactsOf(LowerNode node)
    {
        Inode inode = Find(node);
        Errno error = inode.GetAttributes(out Attributes attributes);
        var facts = new LowerFacts
        {
            Kind = inode.Kind,
            Generation = inode.Generation,
            Links = attributes.LinkCount,
            Size = attributes.Size,
            ModifyTime = attributes.ModifyTime,
            ChangeTime = attributes.ChangeTime,
            BirthTime = attributes.BirthTime,
        };
        inode.Release();
        return error == Errno.None ? facts : throw Unreadable(node.Path!, error);
    }

    /// <inheritdoc/>
    public override bool TryFindSource(ulong number, ReadOnlySpan<byte> path, out LowerNode node)
    {
        node = default;
        if (path.IsEmpty || !host.FindSource(number, path).TryGet(out Inode inode, out _))
        {
            return false;
        }
        node = new LowerNode(inode.Number, inode.Kind, path.ToArray());
        inode.Release();
        return true;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            host.Dispose();
        }
    }

    private Inode Find(LowerNode node)
    {
        if (node.Path is { Length: > 0 } path)
        {
            return host.FindSource(node.Number, path).TryGet(out Inode found, out Errno error) ? found : throw Unreadable(path, error);
        }
        host.Root.Acquire();
        return host.Root;
    }

    private LowerUnreadable Unreadable(byte[] path, Errno error) =>
        new($"lower {name} cannot be read at '{Place.Show(path)}' ({error}); nothing may change it while it is compared");

    private sealed class NameSink(LowerDirectory found, byte[] path) : DirectorySink
    {
        public override bool Add(ReadOnlySpan<byte> entry, ulong inode, InodeKind kind, long nextCookie)
        {
            if (entry is not ([(byte)'.'] or [(byte)'.', (byte)'.']))
            {
                byte[] place = path.Length == 0 ? entry.ToArray() : [.. path, (byte)'/', .. entry];
                found.Add(entry, new LowerEntry(SlotKind.Inode, new LowerNode(inode, kind, place)));
            }
            return true;
        }
    }
}
