using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>One inode in use: repaired field by field and written once, or cleared.</summary>
internal sealed partial class InodeCheck(CheckedVolume volume, Reporter reporter, InodeFacts facts, AttributeCheck attributes)
{
    private readonly InodeBlocks blocks = new(volume, reporter);
    private readonly byte[] buffer = new byte[volume.BlockBytes];
    private readonly long maximumFileBytes = volume.Geometry.MaximumFileBytes;
    private uint inode;
    private bool changed;

    /// <summary>An inode below the first for users, but not the root.</summary>
    public void CheckReserved(uint number, InodeView view)
    {
        inode = number;
        changed = false;
        if (IsMisused(number, view) && Ask(InodeProblems.ReservedNotClear))
        {
            view.Bytes.Clear();
        }
        if (number == 1 && (view.Raw.Mode != 0 || view.Raw.UserIdLow != 0 || view.Raw.GroupIdLow != 0 || view.Raw.LinksCount != 0 || view.Raw.FileAcl != 0)
            && Ask(InodeProblems.BadBlocksInode))
        {
            view.Bytes.Clear();
        }
        CheckReservedBlocks(number, view);
        Write(view);
    }

    // What would make something of an inode that nothing uses: blocks and links for those of quotas and a journal, a mode for the rest. Other fields mislead nobody.
    private static bool IsMisused(uint number, InodeView view) => number switch
    {
        1 or 7 => false,
        3 or 4 or 8 => view.Raw.LinksCount != 0 || view.Raw.Blocks512 != 0 || view.Raw.Block[0] != 0,
        5 => view.Kind == InodeKind.Directory,
        _ => view.Raw.Mode != 0,
    };

    private static bool IsOfQuotaOrJournal(uint number) => number is 3 or 4 or 8;

    // Of the reserved inodes only the bad blocks, the boot loader and inode 7 may own blocks.
    private void CheckReservedBlocks(uint number, InodeView view)
    {
        if (number == InodeNumber.Resize.Value)
        {
            if (volume.Has(CompatFeatures.ResizeInode) && volume.IsLegal(view.Raw.Block[13]))
            {
                // Pass 0 has checked it; what its double indirect block lists is counted as metadata.
                facts.Use(view.Raw.Block[13]);
            }
            facts.HasLargeFile |= view.Kind == InodeKind.File && view.Size > int.MaxValue;
            CheckResizeAttributes(number, view);
            return;
        }
        if (IsOfQuotaOrJournal(number))
        {
            CheckFolding(view);
            return;
        }
        bool hasAttributes = false;
        changed |= volume.IsLegal(view.Raw.FileAcl) && attributes.CheckBlock(number, view, out hasAttributes);
        long count = hasAttributes ? 1 : 0;
        _ = number == 1 || CheckFlags(view);
        if (number == 1 || view.Kind == InodeKind.File)
        {
            changed |= blocks.Walk(number, view);
            if (blocks.IsHopeless)
            {
                view.Bytes.Clear();
                changed = true;
                return;
            }
            blocks.Use(facts);
            if (number != 1)
            {
                CheckSize(view);
            }
            count += blocks.Count;
            facts.Statistics.BadBlocks += number == 1 ? blocks.Count : 0;
        }
        if (number != 1)
        {
            CheckReservedSize(view);
            CheckBlockCount(view, count);
        }
    }

    // Of one that is no file nothing is read but e2fsck minds a size that no file could have.
    private void CheckReservedSize(InodeView view)
    {
        long size = view.Raw.SizeLow | ((long)view.Raw.SizeHigh << 32);
        if (view.Kind != InodeKind.File && (size < 0 || size > maximumFileBytes) && Ask(InodeProblems.Size, new Place { Found = size }))
        {
            view.Raw.SizeLow = 0;
            view.Raw.SizeHigh = 0;
        }
    }

    // Of inodes whose content is never read e2fsck minds this flag alone.
    private void CheckFolding(InodeView view)
    {
        if ((view.Flags & Folded) != 0 && Ask(InodeProblems.ForeignFlags, new Place { Name = $"0x{(uint)Folded:x}" }))
        {
            view.Flags &= ~Folded;
        }
    }

    // With resize_inode pass 0 has counted a block for them.
    private void CheckResizeAttributes(uint number, InodeView view)
    {
        if (!volume.IsLegal(view.Raw.FileAcl))
        {
            return;
        }
        long others = volume.Has(CompatFeatures.ResizeInode) ? (view.Raw.Blocks512 / (volume.BlockBytes / 512)) - 1 : 0;
        changed |= attributes.CheckBlock(number, view, out bool hasAttributes);
        CheckBlockCount(view, others + (hasAttributes ? 1 : 0));
    }

    /// <summary>The root, or an inode for users, with links.</summary>
    public void CheckOrdinary(uint number, InodeView view)
    {
        inode = number;
        changed = false;
        if (!CheckRoot(view) || !CheckKind(view))
        {
            Clear(view);
            return;
        }
        CheckFields(view);
        changed |= attributes.CheckInside(inode, view);
        if (ExtraTimes.AreBeyond2310(view) && Ask(InodeProblems.TimesBeyond))
        {
            ExtraTimes.Shorten(view);
        }
        if (!CheckFlags(view) || !CheckMap(view))
        {
            Clear(view);
            return;
        }
        Write(view);
    }

    private bool CheckRoot(InodeView view)
    {
        // Of the root any time is one; of others a low one was a link of a list, and has been asked about.
        uint lowest = inode == InodeNumber.Root.Value ? 1 : volume.Geometry.InodeCount;
        if (view.Raw.DeletionTime >= lowest
            && Ask(inode == InodeNumber.Root.Value ? InodeProblems.RootDeleted : InodeProblems.InUseWithTime))
        {
            view.Raw.DeletionTime = 0;
        }
        return inode != InodeNumber.Root.Value || view.Kind == InodeKind.Directory || !Ask(InodeProblems.RootNotDirectory);
    }

    private bool CheckKind(InodeView view)
    {
        if (IsLostDirectory(view) && Ask(InodeProblems.LooksLikeDirectory, ModeOf(view)))
        {
            view.Raw.Mode = (ushort)ModeBits.Of(InodeKind.Directory, view.Raw.Mode);
        }
        return view.Kind is InodeKind.File or InodeKind.Directory or InodeKind.Symlink or InodeKind.CharacterDevice or InodeKind.BlockDevice
            or InodeKind.Fifo or InodeKind.Socket || !Ask(InodeProblems.BadMode, ModeOf(view));
    }

    private static Place ModeOf(InodeView view) => new() { Name = Convert.ToString(view.Raw.Mode, 8) };

    // A mode that lost its type costs a directory all its names, so its content is asked before the inode is given up. A file is never asked:
    // it may hold the image of a directory.
    private bool IsLostDirectory(InodeView view)
    {
        if (view.Kind is InodeKind.File or InodeKind.Directory or InodeKind.Symlink || view.Raw.LinksCount < 2
            || !volume.IsLegal(view.Raw.Block[0]) || volume.IsMetadata(view.Raw.Block[0]) || view.Raw.SizeLow % (uint)volume.BlockBytes != 0
            || view.Raw.SizeLow == 0)
        {
            return false;
        }
        volume.Store.Read(view.Raw.Block[0], buffer);
        return DirectoryLook.IsFirstBlock(buffer, inode);
    }

    private void CheckFields(InodeView view)
    {
        ref RawInode raw = ref view.Raw;
        if ((raw.FragmentAddress != 0) && Ask(InodeProblems.Fragment))
        {
            raw.FragmentAddress = 0;
        }
        bool hasHighSize = view.Kind == InodeKind.Symlink && raw.SizeHigh != 0;
        if ((raw.Blocks512High != 0 || hasHighSize) && Ask(InodeProblems.HighHalves))
        {
            raw.Blocks512High = 0;
            raw.SizeHigh = hasHighSize ? 0u : raw.SizeHigh;
        }
        if (raw.FileAclHigh != 0 && Ask(InodeProblems.HighAttributeBlock))
        {
            raw.FileAclHigh = 0;
        }
        if (view.Kind is not (InodeKind.File or InodeKind.Directory))
        {
            CheckSpecialFields(view);
        }
        if (view.Kind != InodeKind.Directory && (view.Flags & (RawInodeFlags.Opaque | RawInodeFlags.OriginNone)) != 0
            && Ask(UnionProblems.OpaqueFile))
        {
            view.Flags &= ~(RawInodeFlags.Opaque | RawInodeFlags.OriginNone);
        }
    }

    private void CheckSpecialFields(InodeView view)
    {
        if ((view.Flags & (RawInodeFlags.Immutable | RawInodeFlags.AppendOnly)) != 0 && Ask(InodeProblems.SpecialFlags))
        {
            view.Flags &= ~(RawInodeFlags.Immutable | RawInodeFlags.AppendOnly);
        }
        if (view.Kind != InodeKind.Symlink && CountNonsense(view) > SlotCount / 2 && Ask(InodeProblems.SpecialBlocks))
        {
            // The first two hold the device number, in its old and its new form.
            ((Span<Le32>)view.Raw.Block)[2..].Clear();
        }
        long size = view.Raw.SizeLow | ((long)view.Raw.SizeHigh << 32);
        if (view.Kind != InodeKind.Symlink && size != 0 && Ask(InodeProblems.SpecialSize, new Place { Found = size }))
        {
            view.Raw.SizeLow = 0;
            view.Raw.SizeHigh = 0;
        }
    }

    private const int SlotCount = 15;

    private int CountNonsense(InodeView view)
    {
        int count = 0;
        foreach (Le32 block in (ReadOnlySpan<Le32>)view.Raw.Block)
        {
            count += block != 0 && !volume.IsLegal(block) ? 1 : 0;
        }
        return count;
    }

    private const RawInodeFlags Folded = (RawInodeFlags)0x40000000;

    // Features that the content would have to be read by: encryption, case folding, inline data, extents.
    private const RawInodeFlags Foreign =
        (RawInodeFlags)0x800 | Folded | RawInodeFlags.InlineData | RawInodeFlags.Extents;

    // Those that change nothing about how ext2 reads the inode; e2fsck passes over them.
    private const RawInodeFlags Idle =
        RawInodeFlags.HugeFile | RawInodeFlags.Verity | RawInodeFlags.AttributeValue | (RawInodeFlags)0x200;

    // False: the inode cannot be kept.
    private bool CheckFlags(InodeView view)
    {
        RawInodeFlags foreign = view.Flags & (volume.Has(CompatFeatures.MagicInodes) ? Foreign : Foreign | RawInodeFlags.Magic);
        if ((foreign & RawInodeFlags.Extents) != 0 && (view.Raw.Block[0] & 0xFFFF) == 0xF30A && Ask(InodeProblems.Extents))
        {
            return false;
        }
        if (foreign != 0 && Ask(InodeProblems.ForeignFlags, new Place { Name = $"0x{(uint)foreign:x}" }))
        {
            view.Flags &= ~foreign;
        }
        RawInodeFlags idle = view.Flags & Idle;
        if (idle != 0 && Ask(InodeProblems.IdleFlags, new Place { Name = $"0x{(uint)idle:x}" }))
        {
            view.Flags &= ~idle;
        }
        bool mayIndex = view.Kind == InodeKind.Directory && volume.Has(CompatFeatures.DirectoryIndex);
        if ((view.Flags & RawInodeFlags.Indexed) != 0 && !mayIndex && Ask(InodeProblems.IndexFlag))
        {
            view.Flags &= ~RawInodeFlags.Indexed;
        }
        return true;
    }

    private bool Ask(Problem problem, Place place = default)
    {
        bool repair = reporter.Raise(problem, place with { Inode = inode });
        changed |= repair;
        return repair;
    }

    private void Write(InodeView view)
    {
        if (changed)
        {
            volume.WriteInode(inode, view.Bytes);
        }
    }

    private void Clear(InodeView view)
    {
        // As the kernel deletes: no links and a deletion time; the rest stays for whoever wants to look at it.
        view.Raw.LinksCount = 0;
        view.Raw.DeletionTime = volume.Now;
        view.Raw.Flags = 0;
        if (inode < volume.FirstInode)
        {
            view.Bytes.Clear();
        }
        volume.WriteInode(inode, view.Bytes);
        facts.Inodes.Set(inode, 0, 0);
    }
}
