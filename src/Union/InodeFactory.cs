using System.Diagnostics.CodeAnalysis;
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
        Errno error = Settle(union, found, out Found seen, out Identity identity, out IUnionInode? node);
        if (error != Errno.None)
        {
            found.Inode.Release();
            return error;
        }

        if (node is not null)
        {
            node.Inode.Acquire();
            Release(found, seen);
            if (seen.Layer > 0 && node is not UnionDirectory && node.State is { Parent: null, Top: null })
            {
                SetPlace(node, directory, name);
            }

            return node.Inode;
        }

        var state = new UnionState(union, identity.Number, identity.Generation) { LinkOffset = identity.LinkOffset, IsIndexed = identity.IsIndexed };
        if (found.Inode is DirectoryInode)
        {
            return MakeDirectory(directory, name, found, ref state);
        }

        node = MakeLeaf(found, seen, ref state);
        if (seen.Layer > 0)
        {
            SetPlace(node, directory, name);
        }

        return node.Inode;
    }

    /// <summary>The object of a layer's inode whose name is not known; not for directories. Consumes the reference.</summary>
    public static Result<Inode> AdoptNameless(UnionFileSystem union, Inode inode, int layer)
    {
        var found = new Found(inode, layer, -1);
        Errno error = Settle(union, found, out Found seen, out Identity identity, out IUnionInode? node);
        if (error != Errno.None)
        {
            inode.Release();
            return error;
        }

        if (node is not null)
        {
            node.Inode.Acquire();
            Release(found, seen);
            return node.Inode;
        }

        var state = new UnionState(union, identity.Number, identity.Generation) { LinkOffset = identity.LinkOffset, IsIndexed = identity.IsIndexed };
        return MakeLeaf(found, seen, ref state).Inode;
    }

    /// <summary>Tells an object where it stands now; it holds the directory as long as it does. Requires: what it held before was given back.</summary>
    public static void SetPlace(IUnionInode node, UnionDirectory directory, ReadOnlySpan<byte> name)
    {
        directory.Acquire();
        node.State.Parent = directory;
        node.State.Name = name.ToArray();
    }

    // What speaks for the object (a copy that the index knows, else what was found), who it is, and the living object if there is one.
    private static Errno Settle(UnionFileSystem union, in Found found, out Found seen, out Identity identity, out IUnionInode? node)
    {
        seen = found;
        node = null;
        Errno error = union.Identities.Of(found.Layer, found.Inode, out identity);
        if (error != Errno.None || TryGetLiving(union, identity, found, out node))
        {
            return error;
        }

        if (found.Layer > 0 && found.Inode is not DirectoryInode)
        {
            error = IndexWalk.Follow(union, found, identity.LinkOffset, out seen);
            if (error == Errno.None && seen.Layer != found.Layer)
            {
                error = union.Identities.Of(seen.Layer, seen.Inode, out identity);
            }

            if (error != Errno.None)
            {
                ReleaseCopy(found, seen);
                return error;
            }
        }

        if (!TryGetLiving(union, identity, seen, out node) && union.Table.TryGet(identity.Number, out _))
        {
            identity = identity with { Number = union.Identities.Separate(seen.Layer, seen.Inode.Number) };
            _ = TryGetLiving(union, identity, seen, out node);
        }

        return Errno.None;
    }

    // A number alone does not say that it is the same object: another copy of the same source may claim it.
    private static bool TryGetLiving(UnionFileSystem union, in Identity identity, in Found seen, [NotNullWhen(true)] out IUnionInode? node)
    {
        if (!union.Table.TryGet(identity.Number, out node))
        {
            return false;
        }

        ref UnionState state = ref node.State;
        Inode? known = seen.Layer == 0 ? state.Top : state.LowerPlace == seen.Layer ? state.Lower : null;
        if (known is not null && known.Number == seen.Inode.Number)
        {
            return true;
        }

        node = null;
        return false;
    }

    private static Result<Inode> MakeDirectory(UnionDirectory directory, ReadOnlySpan<byte> name, in Found found, ref UnionState state)
    {
        if (found.Layer == 0 && found.Inode is not LayerDirectory)
        {
            found.Inode.Release();
            return Errno.EIO;
        }

        Errno error = state.Union.Stack.TwinsOf(directory.Twins, name, found, out Twin[] twins);
        if (error != Errno.None)
        {
            found.Inode.Release();
            return error;
        }

        state.Top = found.Layer == 0 ? found.Inode : null;
        if (twins.Length > 0)
        {
            (state.Lower, state.LowerPlace) = (twins[0].Directory, (ushort)twins[0].Layer);
        }

        var node = new UnionDirectory(state, twins);
        SetPlace(node, directory, name);
        state.Union.Table.Add(node);
        return node;
    }

    private static IUnionInode MakeLeaf(in Found found, in Found seen, ref UnionState state)
    {
        if (!ReferenceEquals(found.Inode, seen.Inode))
        {
            found.Inode.Release();
        }

        state.Top = seen.Layer == 0 ? seen.Inode : null;
        state.Lower = seen.Layer == 0 ? null : seen.Inode;
        state.LowerPlace = (ushort)seen.Layer;
        IUnionInode node = seen.Inode switch
        {
            FileInode => new UnionFile(state),
            SymlinkInode => new UnionSymlink(state),
            _ => new UnionSpecial(state),
        };
        state.Union.Table.Add(node);
        return node;
    }

    private static void Release(in Found found, in Found seen)
    {
        ReleaseCopy(found, seen);
        found.Inode.Release();
    }

    private static void ReleaseCopy(in Found found, in Found seen)
    {
        if (!ReferenceEquals(found.Inode, seen.Inode))
        {
            seen.Inode.Release();
        }
    }
}
