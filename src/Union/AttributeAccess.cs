using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Attributes of a union's objects, whatever their kind: read from the layer that speaks for them, changed on top.</summary>
internal static class AttributeAccess
{
    /// <summary>stat(2). Number, generation and links are the union's; so is a directory's size, which must not show where the directory lies.</summary>
    public static Errno Get(IUnionInode node, out Attributes attributes)
    {
        ref UnionState state = ref node.State;
        Errno error = state.Current.GetAttributes(out attributes);
        if (error != Errno.None)
        {
            return error;
        }

        attributes.Inode = state.Number;
        attributes.Generation = state.Generation;
        if (node is UnionDirectory directory)
        {
            attributes.Size = state.Union.DirectoryBytes;
            attributes.Blocks = state.Union.DirectoryBytes / 512;
            attributes.LinkCount = state.IsRemoved ? 0 : directory.IsMerged ? 1 : attributes.LinkCount;
        }
        else
        {
            attributes.LinkCount = (uint)Math.Max(0, attributes.LinkCount + (long)state.LinkOffset);
        }

        return Errno.None;
    }

    /// <summary>Whether a change is allowed at all; asked before anything is copied, so that a refused call leaves no trace.</summary>
    public static Errno Set(IUnionInode node, in AttributeChange change)
    {
        Errno error = ReadFlags(node, out InodeFlags flags);
        if (error == Errno.None)
        {
            error = Protection.ChangeAttributes(flags, change.Fields);
        }

        if (error == Errno.None)
        {
            error = node.State.Union.EnsureTop(node, long.MaxValue);
        }

        return error == Errno.None ? node.State.Top!.SetAttributes(change) : error;
    }

    /// <summary>The flags of a writable union's object. Errors: EROFS.</summary>
    public static Errno ReadFlags(IUnionInode node, out InodeFlags flags)
    {
        flags = InodeFlags.None;
        if (node.State.Union.IsReadOnly)
        {
            return Errno.EROFS;
        }

        Errno error = node.State.Current.GetAttributes(out Attributes attributes);
        flags = attributes.Flags;
        return error;
    }

    /// <summary>fsync(2). What lies in a lower is durable already.</summary>
    public static Errno Sync(IUnionInode node, bool dataOnly) => Volatile.Read(ref node.State.Top)?.Sync(dataOnly) ?? Errno.None;
}
