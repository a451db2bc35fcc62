using System.Buffers;
using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// The walk over the layers (union-mounts, section 3, rule 4): finds a name in a stack of twins, and the twins of a directory that was found.
/// Twins always accumulate; each layer's marks speak only for the names of its own directory.
/// </summary>
internal sealed class LayerStack(IReadOnlyList<FileSystem> lowers, EventLog log)
{
    private const int MaximumPathBytes = 4096;

    // Far more than any tree that was made by renaming needs. Origins forged in several layers could multiply each other's length.
    private const int MaximumSteps = 20_000;

    // Names followed by the origins of one lookup; guarded by the tree lock.
    private int steps;
    private int depth;

    /// <summary>Reads one layer's slot. Hands out a reference with <see cref="Verdict.Here"/> and <see cref="Verdict.HereAndBelow"/>.</summary>
    public static Errno Ask(DirectoryInode directory, ReadOnlySpan<byte> name, out Verdict verdict, out Inode? inode)
    {
        Slot slot;
        bool opaque = false;
        Errno error;
        if (directory is LayerDirectory marked)
        {
            Result<Slot> peeked = marked.Peek(name);
            _ = peeked.TryGet(out slot, out error);
            opaque = marked.IsOpaque;
        }
        else
        {
            Result<Inode> looked = directory.Lookup(name);
            slot = looked.TryGet(out Inode plain, out error) ? Slot.Of(plain) : Slot.Absent;
            error = error == Errno.ENOENT ? Errno.None : error;
        }

        inode = error == Errno.None ? slot.Inode : null;
        verdict = error == Errno.None ? Resolution.Of(slot, opaque) : Verdict.Nothing;
        return error;
    }

    /// <summary>Finds the highest object for a name in the twins from <paramref name="first"/> on. Errors: ENOENT.</summary>
    public static Errno Find(ReadOnlySpan<Twin> twins, int first, ReadOnlySpan<byte> name, out Found found)
    {
        found = default;
        for (int i = first; i < twins.Length; i++)
        {
            Errno error = Ask(twins[i].Directory, name, out Verdict verdict, out Inode? inode);
            if (error != Errno.None)
            {
                return error;
            }

            if (verdict is Verdict.Here or Verdict.HereAndBelow)
            {
                found = new Found(inode!, twins[i].Layer, i);
                return Errno.None;
            }

            if (verdict == Verdict.Nothing)
            {
                return Errno.ENOENT;
            }
        }

        return Errno.ENOENT;
    }

    /// <summary>Whether the twins show a name.</summary>
    public static Errno Shows(ReadOnlySpan<Twin> twins, ReadOnlySpan<byte> name, out bool shown)
    {
        Errno error = Find(twins, 0, name, out Found found);
        shown = error == Errno.None;
        if (shown)
        {
            found.Inode.Release();
        }

        return error == Errno.ENOENT ? Errno.None : error;
    }

    /// <summary>
    /// The lower directories that a directory found under a name merges: itself when it lies in a lower, then what its origin says. The references
    /// are the caller's; the found one is kept when it is among them.
    /// </summary>
    public Errno TwinsOf(ReadOnlySpan<Twin> parent, ReadOnlySpan<byte> name, in Found found, out Twin[] twins)
    {
        twins = Twin.None;
        List<Twin>? stack = null;
        var current = (DirectoryInode)found.Inode;
        int layer = found.Layer;
        int next = found.TwinIndex + 1;
        if (layer > 0)
        {
            (stack = []).Add(new Twin(layer, current));
        }

        while (true)
        {
            Errno error = FollowOrigin(current, layer, ref stack, out bool natural);
            if (error == Errno.None && natural)
            {
                error = Find(parent, next, name, out Found below);
                if (error == Errno.None && below.Inode is DirectoryInode twin)
                {
                    (stack ??= []).Add(new Twin(below.Layer, twin));
                    (current, layer, next) = (twin, below.Layer, below.TwinIndex + 1);
                    continue;
                }

                if (error == Errno.None)
                {
                    // A non-directory beneath a directory is ignored, and ends the walk.
                    below.Inode.Release();
                }
            }

            if (error is Errno.None or Errno.ENOENT)
            {
                twins = stack is null ? Twin.None : [.. stack];
                return Errno.None;
            }

            ReleaseAllBut(found.Inode, stack);
            return error;
        }
    }

    /// <summary>The roots of the layers below one: where paths of redirects stored in that layer start.</summary>
    public Twin[] RootsBelow(int layer)
    {
        var roots = new Twin[lowers.Count - layer];
        for (int i = 0; i < roots.Length; i++)
        {
            roots[i] = new Twin(layer + i + 1, lowers[layer + i].Root);
            roots[i].Directory.Acquire();
        }

        return roots;
    }

    private static void ReleaseAllBut(Inode kept, List<Twin>? stack)
    {
        foreach (Twin twin in stack ?? [])
        {
            if (!ReferenceEquals(twin.Directory, kept))
            {
                twin.Directory.Release();
            }
        }
    }

    // Natural: the walk goes on under the same name. None: it ends. Redirect: the twins at the stored path follow, and it ends.
    private Errno FollowOrigin(DirectoryInode directory, int layer, ref List<Twin>? stack, out bool natural)
    {
        natural = true;
        if (directory is not LayerDirectory marked)
        {
            return Errno.None;
        }

        byte[] path = ArrayPool<byte>.Shared.Rent(MaximumPathBytes);
        try
        {
            Errno error = marked.GetOrigin(path, out OriginKind kind, out int length);
            natural = kind == OriginKind.Natural;
            if (error != Errno.None || kind != OriginKind.Redirect)
            {
                return error;
            }

            steps = depth == 0 ? 0 : steps;
            depth++;
            error = Resolve(layer, path.AsSpan(0, length), out Twin[] twins);
            depth--;
            if (error == Errno.None && twins.Length > 0)
            {
                (stack ??= []).AddRange(twins);
            }

            return error;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(path);
        }
    }

    // A redirect of layer k is a path in the merged view of the layers below k only; every redirect met on the way leads further down, so this ends.
    private Errno Resolve(int layer, ReadOnlySpan<byte> path, out Twin[] twins)
    {
        twins = RootsBelow(layer);
        while (!path.IsEmpty && twins.Length > 0)
        {
            int slash = path.IndexOf((byte)'/');
            ReadOnlySpan<byte> name = slash < 0 ? path : path[..slash];
            path = slash < 0 ? default : path[(slash + 1)..];
            if (++steps > MaximumSteps || name.Length is 0 or > 255 || name.SequenceEqual("."u8) || name.SequenceEqual(".."u8))
            {
                string fault = steps > MaximumSteps ? "leads through too many others" : "is no path";
                log.Report($"union: layer {layer} holds a directory origin that {fault}; the directory is shown without lower content");
                Twin.Release(twins);
                twins = Twin.None;
                return Errno.None;
            }

            Errno error = Step(name, ref twins);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }

    private Errno Step(ReadOnlySpan<byte> name, ref Twin[] twins)
    {
        Twin[] parent = twins;
        twins = Twin.None;
        Errno error = Find(parent, 0, name, out Found found);
        if (error == Errno.None)
        {
            if (found.Inode is DirectoryInode)
            {
                error = TwinsOf(parent, name, found, out twins);
                if (error != Errno.None)
                {
                    found.Inode.Release();
                }
            }
            else
            {
                found.Inode.Release();
            }
        }

        Twin.Release(parent);
        return error == Errno.ENOENT ? Errno.None : error;
    }
}
