using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Volume.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>Inodes: their records, their objects, their births.</content>
public sealed partial class Ext2Volume
{
    /// <summary>Links a file may have (EXT2_LINK_MAX); a directory is one for each subdirectory.</summary>
    internal const int MaximumLinks = 32000;

    // As the kernel's inode_readahead_blks, but less: a miss costs a system call here, not a seek.
    private const uint ReadAheadBlocks = 8;

    /// <summary>The record of an inode. Errors (of the lease): EIO, EUCLEAN for a number that does not exist.</summary>
    internal InodeLease ReadInode(InodeNumber number)
    {
        if (!Geometry.IsInode(number))
        {
            return new InodeLease(Corrupt(number, BlockNumber.None, "is named, but the volume has no such inode"));
        }

        InodeLocation location = Geometry.Locate(number);
        BlockNumber block = groups[location.Group].InodeTable + location.TableBlock;
        if (!Cache.Contains(block))
        {
            // Who walks a tree wants the neighbours next: files lie beside each other in the table as they were made.
            uint count = Math.Min(ReadAheadBlocks, Geometry.InodeTableBlocks - location.TableBlock);
            Cache.ReadAhead(block, (int)count);
        }

        return new InodeLease(Cache.Read(block), location.Offset, Geometry.InodeBytes);
    }

    /// <summary>
    /// The object of an inode that something on the volume names. Hands out a reference. Errors: EIO, EUCLEAN for an inode that is free
    /// or of no kind: a directory entry must not lead there.
    /// </summary>
    internal Result<Inode> GetInode(InodeNumber number)
    {
        if (table.Find(number) is { } known)
        {
            var inode = (Inode)known;
            inode.Acquire();
            return inode;
        }

        using InodeLease record = ReadInode(number);
        if (record.Error != Errno.None)
        {
            return record.Error;
        }

        bool isOrdinary = number == InodeNumber.Root || number.Value >= Geometry.FirstInode.Value;
        if (!isOrdinary || record.Raw.LinksCount == 0 || IsDoomed(number))
        {
            return Corrupt(number, BlockNumber.None, "is named, but it is free or reserved");
        }

        return Materialize(number, record.View);
    }

    /// <summary>The flags of an inode, those included that are put off to the next commit.</summary>
    internal Errno GetFlags(in InodeCore core, out RawInodeFlags flags)
    {
        using InodeLease inode = ReadInode(core.Number);
        flags = inode.Error == Errno.None ? inode.View.Flags : RawInodeFlags.None;
        if ((core.States & InodeStates.OpaquePending) != 0 && flagsPutOff.TryGetValue(core.Number.Value, out RawInodeFlags later))
        {
            flags |= later;
        }

        return inode.Error;
    }

    /// <summary>Sets modification and change time of an inode to now: a directory whose names changed.</summary>
    internal Errno Touch(in InodeCore core)
    {
        using InodeLease inode = ReadInode(core.Number);
        if (inode.Error == Errno.None)
        {
            Timestamp now = Now;
            InodeView view = inode.View;
            view.ModifyTime = now;
            view.ChangeTime = now;
            inode.MarkDirty();
        }

        return inode.Error;
    }

    /// <summary>The last reference to an inode was released (see <see cref="Inode"/>). Takes the lock itself.</summary>
    internal void Released(IExt2Inode inode)
    {
        using (Gate.Enter())
        {
            // Raised again since by a lookup that found it in the table; or this is the second call for one end.
            if (inode.IsReferenced || (inode.Core.States & InodeStates.Gone) != 0)
            {
                return;
            }

            bool wasListed = table.Remove(inode);
            if (wasListed && inode.Core.IsNameless)
            {
                inode.Core.States |= InodeStates.Gone;
                FreeNameless(inode);
            }
        }
    }

    private Result<Inode> Materialize(InodeNumber number, InodeView view)
    {
        uint generation = view.Raw.Generation;
        Inode? inode = view.Kind switch
        {
            InodeKind.File => new Ext2File(this, number, generation),
            InodeKind.Directory => new Ext2Directory(this, number, generation),
            InodeKind.Symlink => new Ext2Symlink(this, number, generation),
            InodeKind.CharacterDevice or InodeKind.BlockDevice or InodeKind.Fifo or InodeKind.Socket =>
                new Ext2Special(this, number, generation, view.Kind),
            _ => null,
        };
        if (inode is null)
        {
            return Corrupt(number, BlockNumber.None, $"has no known type (mode {Convert.ToString(view.Raw.Mode, 8)})");
        }

        var listed = (IExt2Inode)inode;
        if (flagsPutOff.Count > 0 && flagsPutOff.ContainsKey(number.Value))
        {
            listed.Core.States |= InodeStates.OpaquePending;
        }

        table.Add(listed);
        return inode;
    }
}
