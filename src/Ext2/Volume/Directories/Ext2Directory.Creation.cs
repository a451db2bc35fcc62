using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <content>Names that come: create, link, and what a copy-up needs.</content>
internal sealed partial class Ext2Directory
{
    /// <inheritdoc/>
    public override Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = BeginNaming(isVisible: !what.KeepParentTimes);
            error = error == Errno.None && what.Kind == InodeKind.Directory ? CheckSubdirectoryRoom() : error;
            error = error == Errno.None && what.Opaque ? Volume.EnsureFeature(IncompatFeatures.Whiteout) : error;
            EntryPlace place = default;
            bool isMarked = false;
            error = error == Errno.None ? FindFreePlace(name, out place, out isMarked) : error;
            if (error != Errno.None)
            {
                return error;
            }

            // All that may fail is done before the first byte of the entry is written.
            Result<Inode> made = Make(what, what.Kind == InodeKind.Directory ? 2 : 1);
            if (made.TryGet(out Inode inode, out error))
            {
                Put(place, isMarked, name, inode);
                error = what.Kind == InodeKind.Directory ? CountSubdirectory(1) : Errno.None;
                error = error == Errno.None && !what.KeepParentTimes ? Volume.Touch(core) : error;
                if (error != Errno.None)
                {
                    inode.Release();
                }
            }

            place.Dispose();
            return error == Errno.None ? made : error;
        }
    }

    /// <inheritdoc/>
    public override Result<Inode> CreateDetached(in NewInode what)
    {
        if (what.Kind == InodeKind.Directory)
        {
            return Errno.EISDIR;
        }

        using (Volume.Gate.Enter())
        {
            Errno error = Volume.BeginChange();
            return error == Errno.None ? Make(what, 0) : error;
        }
    }

    /// <inheritdoc/>
    public override Result<Inode> CreateDetachedDirectory(in NewInode what)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = BeginNaming(isVisible: false);
            return error == Errno.None ? Make(what, 0) : error;
        }
    }

    /// <inheritdoc/>
    public override Errno Link(ReadOnlySpan<byte> name, Inode target) => Link(name, target, touch: true);

    /// <inheritdoc/>
    public override Errno Install(ReadOnlySpan<byte> name, Inode detached) => Link(name, detached, touch: false);

    private Errno Link(ReadOnlySpan<byte> name, Inode target, bool touch)
    {
        if (target is not IExt2Inode known || known.Core.Volume != Volume)
        {
            return Errno.EXDEV;
        }

        var directory = target as Ext2Directory;
        if (directory is not null && touch)
        {
            return Errno.EPERM;
        }

        using (Volume.Gate.Enter())
        {
            Errno error = BeginNaming(isVisible: touch);
            error = error == Errno.None && directory is not null ? CheckDetached(directory) : error;
            RawInodeFlags flags = RawInodeFlags.None;
            error = error == Errno.None ? Volume.GetFlags(known.Core, out flags) : error;
            error = error == Errno.None && touch ? Protection.LinkTo((InodeFlags)(uint)flags) : error;
            EntryPlace place = default;
            bool isMarked = false;
            error = error == Errno.None ? FindFreePlace(name, out place, out isMarked) : error;
            error = error == Errno.None ? Volume.AddLink(known, touch) : error;
            if (error == Errno.None)
            {
                Put(place, isMarked, name, target);
                error = directory is not null ? CountSubdirectory(1) : touch ? Volume.Touch(core) : Errno.None;
            }

            place.Dispose();
            return error;
        }
    }

    /// <summary>Whether a directory may be installed here: it never had a name, and its ".." leads here. Errors: EPERM, EMLINK, EIO, EUCLEAN.</summary>
    private Errno CheckDetached(Ext2Directory directory)
    {
        Errno error = directory.OpenContent(out DirectoryContent names);
        InodeNumber above = default;
        error = error == Errno.None ? names.GetParent(out above) : error;
        return error != Errno.None ? error
            : (directory.core.States & InodeStates.Orphan) == 0 || above != core.Number ? Errno.EPERM
            : CheckSubdirectoryRoom();
    }

    /// <summary>
    /// What every operation asks that puts a name here. A name that the union showed already (copy-up, materialising) is no new one: an immutable directory does
    /// not keep its files from being written. Errors: EROFS, ENOENT when this directory was removed, EPERM when it is immutable.
    /// </summary>
    private Errno BeginNaming(bool isVisible)
    {
        Errno error = Volume.BeginChange();
        if (error != Errno.None)
        {
            return error;
        }

        if (core.IsNameless)
        {
            return Errno.ENOENT;
        }

        error = Volume.GetFlags(core, out RawInodeFlags flags);
        return error == Errno.None && isVisible ? Protection.AddName((InodeFlags)(uint)flags) : error;
    }

    /// <summary>
    /// Where a new name goes: the place of a mark of that name, which it replaces, or room for it. Errors: EEXIST, ENAMETOOLONG, ENOSPC, EUCLEAN, EIO.
    /// </summary>
    private Errno FindFreePlace(ReadOnlySpan<byte> name, out EntryPlace place, out bool isMarked)
    {
        isMarked = false;
        Errno error = FindPlace(name, out place);
        if (error == Errno.None)
        {
            isMarked = SlotOf(place, out _) != SlotKind.Inode;
            if (isMarked)
            {
                return Errno.None;
            }

            place.Dispose();
            place = default;
            return Errno.EEXIST;
        }

        return error == Errno.ENOENT && IsProperName(name) ? FindRoom(name, out place) : error;
    }

    /// <summary>Whether a directory may hold the name: what a caller should have seen to, for the volume's sake.</summary>
    private static bool IsProperName(ReadOnlySpan<byte> name) =>
        !name.IsEmpty && name is not ([(byte)'.'] or [(byte)'.', (byte)'.']) && !name.ContainsAny((byte)'/', (byte)0);

    private void Put(scoped in EntryPlace place, bool isMarked, ReadOnlySpan<byte> name, Inode inode)
    {
        InodeNumber number = new((uint)inode.Number);
        DirectoryEntryType type = DirectoryEntryTypes.Of(inode.Kind);
        if (isMarked)
        {
            content!.Retarget(place, number, type);
        }
        else
        {
            _ = content!.Append(place, name, number, type);
        }
    }

    /// <summary>Makes a complete inode that nothing names yet. Errors: ENOSPC, ENAMETOOLONG for a target too long, EIO.</summary>
    private Result<Inode> Make(in NewInode what, int links)
    {
        Result<Inode> made = Volume.AllocateInode(core.Number, what, links);
        if (!made.TryGet(out Inode inode, out Errno error))
        {
            return error;
        }

        if (inode is Ext2Directory directory)
        {
            error = directory.OpenContent(out DirectoryContent names);
            error = error == Errno.None ? names.Start(directory.core.Number, core.Number) : error;
        }

        if (error != Errno.None)
        {
            Volume.Abandon(inode);
            return error;
        }

        return made;
    }

    /// <summary>Whether one more subdirectory can be counted. Errors: EMLINK, EIO.</summary>
    private Errno CheckSubdirectoryRoom()
    {
        using InodeLease inode = Volume.ReadInode(core.Number);
        return inode.Error != Errno.None ? inode.Error
            : inode.Raw.LinksCount >= Ext2Volume.MaximumLinks ? Errno.EMLINK
            : Errno.None;
    }

    /// <summary>
    /// Counts a subdirectory that came or went: its ".." is a link to this one. A count of 1 stands for "too many to count" on volumes that ext4 wrote, and
    /// stays. Errors: EIO.
    /// </summary>
    private Errno CountSubdirectory(int change)
    {
        using InodeLease inode = Volume.ReadInode(core.Number);
        if (inode.Error != Errno.None)
        {
            return inode.Error;
        }

        int links = inode.Raw.LinksCount;
        if (links > 1)
        {
            inode.Raw.LinksCount = (ushort)Math.Max(2, links + change);
            inode.MarkDirty();
        }

        return Errno.None;
    }
}
