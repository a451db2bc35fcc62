using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Takes names out of a union's directory. Requires, unless it is said otherwise: the tree lock is held.</summary>
internal static class Removal
{
    /// <summary>unlink(2) and rmdir(2). Requires: the tree lock is not held.</summary>
    public static Errno Run(UnionDirectory directory, ReadOnlySpan<byte> name, bool isDirectory)
    {
        UnionFileSystem union = directory.State.Union;
        IUnionInode? given = null;
        while (true)
        {
            Errno error;
            Inode? victim;
            bool needsCopy;
            using (union.Tree.Enter())
            {
                error = Remove(directory, name, isDirectory, given, out victim, out needsCopy);
            }

            given?.Inode.Release();
            given = needsCopy ? (IUnionInode)victim! : null;
            if (given is null)
            {
                // Outside the lock: what it frees may be large.
                victim?.Release();
                union.SettleNames();
                return error;
            }

            // A copy that fails must not keep the name from going, least of all on a full top: the count of the other names stays too high then.
            _ = union.EnsureTop(given, long.MaxValue);
        }
    }

    /// <summary>Whether an object has to be copied up before it loses a name that a lower holds: its other names need a count that outlives the mount.</summary>
    public static bool NeedsCopy(IUnionInode node)
    {
        return node is not UnionDirectory
            && node.State.Top is null
            && node.State.Union.LayerNumbers.KeepsRecords
            && node.State.Union.Top!.Index is not null
            && AttributeAccess.Get(node, out Attributes attributes) == Errno.None
            && attributes.LinkCount > 1;
    }

    /// <summary>Whether flags allow a name to go. Errors: EPERM, EROFS.</summary>
    public static Errno CheckRemovable(UnionDirectory directory, IUnionInode victim)
    {
        Errno error = AttributeAccess.ReadFlags(directory, out InodeFlags directoryFlags);
        InodeFlags victimFlags = InodeFlags.None;
        error = error == Errno.None ? AttributeAccess.ReadFlags(victim, out victimFlags) : error;
        return error == Errno.None ? Protection.RemoveName(directoryFlags, victimFlags) : error;
    }

    /// <summary>Emptiness is a matter of the merged view: marks are nothing. Errors: ENOTEMPTY.</summary>
    public static Errno CheckEmpty(UnionDirectory directory)
    {
        Errno error = Listing.IsEmpty(directory, out bool empty);
        return error != Errno.None || empty ? error : Errno.ENOTEMPTY;
    }

    /// <summary>Whether a name that is absent on top would show from below: only then is a whiteout needed where it goes.</summary>
    public static Errno NeedsWhiteout(UnionDirectory directory, ReadOnlySpan<byte> name, out bool needed)
    {
        needed = false;
        return LetsThrough(directory) ? LayerStack.Shows(directory.Twins, name, out needed) : Errno.None;
    }

    /// <summary>What the top holds under a name.</summary>
    public static Errno SlotOnTop(UnionDirectory directory, ReadOnlySpan<byte> name, out SlotKind kind)
    {
        kind = SlotKind.Absent;
        if (directory.Top is not { } top)
        {
            return Errno.None;
        }

        if (!top.Peek(name).TryGet(out Slot slot, out Errno error))
        {
            return error;
        }

        slot.Inode?.Release();
        kind = slot.Kind;
        return Errno.None;
    }

    /// <summary>One of an object's names is gone.</summary>
    public static void Forget(UnionDirectory directory, ReadOnlySpan<byte> name, IUnionInode victim, bool wasOnTop)
    {
        ref UnionState state = ref victim.State;
        directory.Changed();
        if (victim is UnionDirectory)
        {
            state.IsRemoved = true;
            return;
        }

        if (!wasOnTop)
        {
            LinkedNames.LoseLowerName(victim);
            if (ReferenceEquals(state.Parent, directory) && name.SequenceEqual(state.Name))
            {
                state.Parent = null;
                state.Name = null;
                directory.Release();
            }
        }

        // Links that could not be read are none that are gone: what is taken for removed is copied to an inode without a name from then on.
        state.IsRemoved = AttributeAccess.Get(victim, out Attributes attributes) == Errno.None && attributes.LinkCount == 0;
        if (state.IsRemoved)
        {
            LinkedNames.Free(victim);
        }
    }

    private static Errno Remove(
        UnionDirectory directory, ReadOnlySpan<byte> name, bool isDirectory, IUnionInode? tried, out Inode? victim, out bool needsCopy)
    {
        needsCopy = false;
        if (!NameLookup.Find(directory, name).TryGet(out victim, out Errno error))
        {
            victim = null;
            return error;
        }

        if (victim is DirectoryInode != isDirectory)
        {
            return isDirectory ? Errno.ENOTDIR : Errno.EISDIR;
        }

        var node = (IUnionInode)victim;
        error = CheckRemovable(directory, node);
        if (error == Errno.None && node is UnionDirectory removed)
        {
            error = CheckEmpty(removed);
        }

        needsCopy = error == Errno.None && !ReferenceEquals(node, tried) && NeedsCopy(node);
        return error == Errno.None && !needsCopy ? Take(directory, name, node) : error;
    }

    private static Errno Take(UnionDirectory directory, ReadOnlySpan<byte> name, IUnionInode victim)
    {
        UnionFileSystem union = directory.State.Union;
        bool whiteout = LetsThrough(directory);
        Errno error = SlotOnTop(directory, name, out SlotKind slot);
        if (error == Errno.None && slot == SlotKind.Inode)
        {
            // What is not on top was found below, and need not be looked for there again.
            error = NeedsWhiteout(directory, name, out whiteout);
        }

        error = error == Errno.None ? union.DirectoryCopyUp.MaterialiseLocked(directory) : error;
        if (error != Errno.None)
        {
            return error;
        }

        LayerDirectory top = directory.Top!;
        error = (whiteout, slot) switch
        {
            (true, _) => top.PutWhiteout(name),
            (false, SlotKind.Inode) => victim is UnionDirectory ? top.RemoveDirectory(name) : top.Unlink(name),
            _ => top.RemoveMark(name),
        };
        if (error != Errno.None)
        {
            return error;
        }

        if (whiteout || slot != SlotKind.Inode)
        {
            Touch(directory);
        }

        Forget(directory, name, victim, slot == SlotKind.Inode);
        return Errno.None;
    }

    // Marks leave a directory's times alone, but here a name went before everyone's eyes. It is gone; a time that cannot be set does not bring it back.
    private static void Touch(UnionDirectory directory)
    {
        Timestamp now = directory.State.Union.Options.Clock.Now;
        var change = new AttributeChange
        {
            Fields = AttributeFields.ModifyTime | AttributeFields.ChangeTime,
            ModifyTime = now,
            ChangeTime = now,
        };
        _ = directory.Top!.SetAttributes(change);
    }

    // Whether names that are absent on top are looked for below.
    private static bool LetsThrough(UnionDirectory directory) =>
        Resolution.Of(SlotKind.Absent, false, directory.Top is { IsOpaque: true }) == Verdict.Below;
}
