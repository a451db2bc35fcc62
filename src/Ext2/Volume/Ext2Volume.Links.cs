using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>Births, names and ends of inodes.</content>
public sealed partial class Ext2Volume
{
    private readonly BlockAllocator blocks;
    private readonly InodeAllocator inodes;
    private readonly List<InodeNumber> orphans = [];
    private uint nextGeneration;

    /// <summary>Gives out blocks. Under <see cref="Gate"/>.</summary>
    internal BlockAllocator Blocks => blocks;

    /// <summary>The bitmaps. Under <see cref="Gate"/>.</summary>
    internal GroupBitmaps Bitmaps { get; }

    /// <summary>
    /// Makes an inode that no name leads to yet. Hands out a reference. Its record counts <paramref name="links"/> links from the start: 1, or 2 for a
    /// directory, or 0 for a detached one, which is an orphan until <see cref="AddLink"/>. When the name cannot be put after all, call <see cref="Abandon"/>.
    /// Errors: ENOSPC, EIO.
    /// </summary>
    internal Result<Inode> AllocateInode(InodeNumber parent, in NewInode what, int links)
    {
        bool isDirectory = what.Kind == InodeKind.Directory;
        Errno error = GetSpread(parent, isDirectory, out bool spread, out RawInodeFlags inherited);
        if (error == Errno.None)
        {
            error = inodes.Allocate(parent, isDirectory, spread, out InodeNumber number);
            if (error == Errno.None)
            {
                return Begin(number, what, links, inherited);
            }
        }

        return error;
    }

    /// <summary>Undoes <see cref="AllocateInode"/> when no name could be put. Takes over the caller's reference.</summary>
    internal void Abandon(Inode inode)
    {
        var known = (IExt2Inode)inode;
        if (!known.Core.IsNameless)
        {
            known.Core.States |= InodeStates.Unlinked;
        }

        inode.Release();
    }

    /// <summary>
    /// One more name is about to be put; a nameless inode is no orphan any more. A directory's first name comes with its own ".". <paramref name="touch"/>: the change time becomes now.
    /// Errors: EMLINK, EIO.
    /// </summary>
    internal Errno AddLink(IExt2Inode inode, bool touch)
    {
        ref InodeCore core = ref inode.Core;
        using InodeLease record = ReadInode(core.Number);
        if (record.Error != Errno.None)
        {
            return record.Error;
        }

        if ((core.States & InodeStates.Unlinked) != 0)
        {
            // Its record still shows the link that is gone; the new name takes its place.
            core.States &= ~(InodeStates.Unlinked | InodeStates.Replaced);
        }
        else
        {
            if (record.Raw.LinksCount >= MaximumLinks)
            {
                return Errno.EMLINK;
            }

            if ((core.States & InodeStates.Orphan) != 0)
            {
                Errno error = RemoveOrphan(inode);
                if (error != Errno.None)
                {
                    return error;
                }
            }

            record.Raw.LinksCount = (ushort)(record.Raw.LinksCount + (inode is DirectoryInode ? 2 : 1));
        }

        core.Epoch = epoch;
        Change(record, touch);
        return Errno.None;
    }

    /// <summary>
    /// A name is gone from its directory (or an <see cref="AddLink"/> is taken back). With the last one the inode becomes nameless: its
    /// record follows after the directory was written. <paramref name="count"/> is 2 for a directory that goes with its own ".";
    /// <paramref name="isReplaced"/> says that the name leads to something else now. Errors: EIO.
    /// </summary>
    internal Errno RemoveLinks(IExt2Inode inode, int count, bool isReplaced)
    {
        ref InodeCore core = ref inode.Core;
        using InodeLease record = ReadInode(core.Number);
        if (record.Error != Errno.None)
        {
            return record.Error;
        }

        int links = record.Raw.LinksCount - count;
        if (links > 0)
        {
            record.Raw.LinksCount = (ushort)links;
        }
        else if (!core.IsNameless)
        {
            core.States |= InodeStates.Unlinked | (isReplaced ? InodeStates.Replaced : InodeStates.None);
            unlinked.Add(core.Number);
        }

        core.Epoch = epoch;
        Change(record, true);
        return Errno.None;
    }

    /// <summary>What stat shows as link count.</summary>
    internal static uint LinkCountOf(in InodeCore core, in InodeLease inode)
    {
        // The index of copies is a subdirectory of the root that nobody is shown.
        uint hidden = core.Number == InodeNumber.Root && core.Volume.IndexDirectory is not null && inode.Raw.LinksCount > 2 ? 1u : 0u;
        return core.IsNameless ? 0u : inode.Raw.LinksCount - hidden;
    }

    // The record of an inode whose links change; an fdatasync after it writes the names.
    private void Change(in InodeLease record, bool touch)
    {
        if (touch)
        {
            InodeView view = record.View;
            view.ChangeTime = Now;
        }

        record.MarkDirty();
    }

    private Errno GetSpread(InodeNumber parent, bool isDirectory, out bool spread, out RawInodeFlags inherited)
    {
        using InodeLease inode = ReadInode(parent);
        spread = false;
        inherited = RawInodeFlags.None;
        if (inode.Error == Errno.None)
        {
            RawInodeFlags flags = inode.View.Flags;
            spread = isDirectory && (parent == InodeNumber.Root || (flags & RawInodeFlags.TopDirectory) != 0);
            inherited = flags & InheritedFlags(isDirectory);
        }

        return inode.Error;
    }

    // EXT2_FL_INHERITED, less what makes no sense on the kind (kernel ext2_mask_flags).
    private static RawInodeFlags InheritedFlags(bool isDirectory)
    {
        const InodeFlags All = InodeFlags.SecureDeletion | InodeFlags.Undelete | InodeFlags.Compress | InodeFlags.Synchronous
            | InodeFlags.NoDump | InodeFlags.NoAccessTime | InodeFlags.JournalData | InodeFlags.NoTail | InodeFlags.DirectorySynchronous;
        return (RawInodeFlags)(uint)(isDirectory ? All : All & ~InodeFlags.DirectorySynchronous);
    }

    // Counting goes on from a random number after each mount: by chance it could meet what the record's last owner had.
    private uint NextGeneration(uint old)
    {
        nextGeneration++;
        nextGeneration += nextGeneration == old ? 1u : 0u;
        return nextGeneration;
    }

    private Result<Inode> Begin(InodeNumber number, in NewInode what, int links, RawInodeFlags inherited)
    {
        using InodeLease record = ReadInode(number);
        if (record.Error != Errno.None)
        {
            _ = inodes.Free(number, what.Kind == InodeKind.Directory);
            return record.Error;
        }

        InodeView view = record.View;
        Timestamp now = Now;
        uint oldGeneration = view.Raw.Generation;
        view.Initialize();
        view.Raw.Mode = (ushort)what.Mode;
        view.UserId = what.UserId;
        view.GroupId = what.GroupId;
        view.AccessTime = now;
        view.ModifyTime = now;
        view.ChangeTime = now;
        view.BirthTime = now;
        view.Raw.LinksCount = (ushort)links;
        view.Raw.Generation = NextGeneration(oldGeneration);
        view.Flags = what.Kind is InodeKind.File or InodeKind.Directory ? inherited : inherited & (RawInodeFlags)(uint)(InodeFlags.NoDump | InodeFlags.NoAccessTime);
        if (what.Opaque)
        {
            view.Flags |= RawInodeFlags.Opaque | RawInodeFlags.OriginNone;
        }

        if (what.Kind is InodeKind.CharacterDevice or InodeKind.BlockDevice)
        {
            DeviceEncoding.Write(ref view.Raw, what.Device);
        }

        record.MarkDirty();
        Inode inode = Materialize(number, view).Value;
        Errno error = Acls.StoreNew(number, record, what);
        if (error == Errno.None && links == 0)
        {
            error = AddOrphan((IExt2Inode)inode);
        }

        if (error == Errno.None && inode is Ext2Symlink symlink)
        {
            error = symlink.Store(what.Target);
        }

        if (error != Errno.None)
        {
            Abandon(inode);
            return error;
        }

        return inode;
    }
}
