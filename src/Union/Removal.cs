using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Takes names out of a union's directory. Requires: the tree lock is held.</summary>
internal static class Removal
{
    /// <summary>unlink(2) and rmdir(2). The caller releases <paramref name="victim"/> when it has given the lock back: what it frees may be large.</summary>
    public static Errno Remove(UnionDirectory directory, ReadOnlySpan<byte> name, bool isDirectory, out Inode? victim)
    {
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

        return error == Errno.None ? Take(directory, name, node) : error;
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
        directory.State.Union.LinkNames.Remove(victim, directory, name);
        if (victim is UnionDirectory)
        {
            state.IsRemoved = true;
            return;
        }

        if (!wasOnTop)
        {
            state.LinkOffset--;
            if (ReferenceEquals(state.Parent, directory) && name.SequenceEqual(state.Name))
            {
                state.Parent = null;
                state.Name = null;
                directory.Release();
            }
        }

        // Links that could not be read are none that are gone: what is taken for removed is copied to an inode without a name from then on.
        state.IsRemoved = AttributeAccess.Get(victim, out Attributes attributes) == Errno.None && attributes.LinkCount == 0;
    }

    /// <summary>
    /// The other names that a lower still has of a copied file are linked to the copy, before it can lose its last name on top with this one.
    /// </summary>
    public static Errno KeepLinked(UnionDirectory directory, ReadOnlySpan<byte> name, IUnionInode victim)
    {
        if (victim.State is not { HasLinkNames: true, Top: not null })
        {
            return Errno.None;
        }

        LinkNames names = victim.State.Union.LinkNames;
        names.Remove(victim, directory, name);
        return names.Link(victim);
    }

    private static Errno Take(UnionDirectory directory, ReadOnlySpan<byte> name, IUnionInode victim)
    {
        UnionFileSystem union = directory.State.Union;
        bool whiteout = LetsThrough(directory);
        Errno error = KeepLinked(directory, name, victim);
        error = error == Errno.None ? SlotOnTop(directory, name, out SlotKind slot) : NoSlot(error, out slot);
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

    private static Errno NoSlot(Errno error, out SlotKind kind)
    {
        kind = SlotKind.Absent;
        return error;
    }
}
