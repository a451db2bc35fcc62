using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Turns a layer's inode into the union's object for it: the living one, or a new one. Requires: the tree lock is held.</summary>
internal static class InodeFactory
{
    /// <summary>
    /// The object that was found under a name of a directory. Consumes the reference of <paramref name="found"/>, hands out one to the result.
    /// </summary>
    public static Result<Inode> Adopt(UnionDirectory directory, ReadOnlySpan<byte> name, in Found found)
    {
        UnionFileSystem union = directory.State.Union;
        Identity identity = union.Table.IdentityOf(found.Layer, found.Inode);
        if (union.Table.TryGet(identity.Number, out IUnionInode? node))
        {
            node.Inode.Acquire();
            found.Inode.Release();
            NoteName(node, directory, name, found.Layer);
            return node.Inode;
        }

        var state = new UnionState(union, identity.Number, identity.Generation) { LinkOffset = identity.LinkOffset };
        if (found.Layer == 0)
        {
            state.Top = found.Inode;
        }
        else
        {
            state.Lower = found.Inode;
            state.LowerPlace = (ushort)found.Layer;
            state.Top = found.Inode is DirectoryInode ? null : FindCopy(union, identity.Number);
            state.LinkOffset = state.Top is null ? 0 : union.Table.IdentityOf(0, state.Top).LinkOffset;
        }

        return Make(directory, name, found, ref state);
    }

    /// <summary>The object of a top inode that was made now or that has no name. Consumes the reference.</summary>
    public static Inode AdoptTop(UnionFileSystem union, Inode top)
    {
        Identity identity = union.Table.IdentityOf(0, top);
        var state = new UnionState(union, identity.Number, identity.Generation) { Top = top, LinkOffset = identity.LinkOffset };
        IUnionInode node = MakeLeaf(top, state);
        union.Table.Add(node);
        return node.Inode;
    }

    /// <summary>The object of a lower's inode whose name is not known. Consumes the reference.</summary>
    public static Inode AdoptLower(UnionFileSystem union, Inode lower, int layer)
    {
        Identity identity = union.Table.IdentityOf(layer, lower);
        IUnionInode node = MakeLeaf(lower, new UnionState(union, identity.Number, identity.Generation) { Lower = lower, LowerPlace = (ushort)layer });
        union.Table.Add(node);
        return node.Inode;
    }

    /// <summary>Tells an object where it stands now; it holds the directory as long as it does. Requires: what it held before was given back.</summary>
    public static void SetPlace(IUnionInode node, UnionDirectory directory, ReadOnlySpan<byte> name)
    {
        directory.Acquire();
        node.State.Parent = directory;
        node.State.Name = name.ToArray();
    }

    // A name that a lower holds: the one to copy the object up under, or a further one of a hard-linked file.
    private static void NoteName(IUnionInode node, UnionDirectory directory, ReadOnlySpan<byte> name, int layer)
    {
        ref UnionState state = ref node.State;
        if (layer == 0 || node is UnionDirectory)
        {
            return;
        }

        if (state.Parent is null && state.Top is null)
        {
            SetPlace(node, directory, name);
        }
        else if (!ReferenceEquals(state.Parent, directory) || !name.SequenceEqual(state.Name))
        {
            state.Union.LinkNames.Note(node, directory, name);
        }
    }

    // Another name of a hard-linked file that was copied up: the copy speaks for it as well.
    private static Inode? FindCopy(UnionFileSystem union, ulong number) =>
        union.Table.TryGetCopy(number, out ulong copy) && union.Top!.Find(copy).TryGet(out Inode top, out _) ? top : null;

    private static Result<Inode> Make(UnionDirectory directory, ReadOnlySpan<byte> name, in Found found, ref UnionState state)
    {
        IUnionInode node;
        if (found.Inode is DirectoryInode)
        {
            if (found.Layer == 0 && found.Inode is not LayerDirectory)
            {
                found.Inode.Release();
                return Errno.EIO;
            }

            Errno error = directory.State.Union.Stack.TwinsOf(directory.Twins, name, found, out Twin[] twins);
            if (error != Errno.None)
            {
                found.Inode.Release();
                return error;
            }

            if (twins.Length > 0)
            {
                (state.Lower, state.LowerPlace) = (twins[0].Directory, (ushort)twins[0].Layer);
            }

            node = new UnionDirectory(state, twins);
        }
        else
        {
            node = MakeLeaf(found.Inode, state);
        }

        if (found.Inode is DirectoryInode || state.Top is null)
        {
            SetPlace(node, directory, name);
        }

        state.Union.Table.Add(node);
        if (found.Layer > 0 && state.Top is not null)
        {
            state.Union.LinkNames.Note(node, directory, name);
        }

        return node.Inode;
    }

    private static IUnionInode MakeLeaf(Inode inode, in UnionState state) => inode switch
    {
        FileInode => new UnionFile(state),
        SymlinkInode => new UnionSymlink(state),
        _ => new UnionSpecial(state),
    };
}
