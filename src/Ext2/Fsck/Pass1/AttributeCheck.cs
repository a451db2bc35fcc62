using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Extended attributes: those inside the inode, and the blocks that many inodes may share. A block met once whose reference count is 1 costs two
/// bits; only others are counted one by one.
/// </summary>
internal sealed class AttributeCheck(CheckedVolume volume, Reporter reporter, InodeFacts facts)
{
    private readonly BitSet met = new(volume.Geometry.BlockCount);
    private readonly Dictionary<uint, (int Found, int Stored)> counted = [];
    private readonly HashSet<uint> blocksOfUnions = [];
    private readonly byte[] buffer = new byte[volume.BlockBytes];
    private readonly byte[] salvaged = new byte[volume.BlockBytes];

    /// <summary>What unions keep on the inode that was checked last.</summary>
    public UnionAttributes Union { get; } = new();

    /// <summary>An attribute block was kept.</summary>
    public bool HasBlocks { get; private set; }

    /// <summary>Checks the tail of an inode. True: it was changed.</summary>
    public bool CheckInside(uint number, InodeView view)
    {
        Union.Begin();
        Span<byte> bytes = view.Bytes;
        if (bytes.Length < RawInode.Bytes + RawInodeExtra.Bytes)
        {
            return false;
        }
        ref RawInodeExtra extra = ref UncheckedOverlay.InodeExtra(bytes);
        int size = extra.ExtraSize;
        bool changed = false;
        // Zero is allowed: nothing beyond the 128 bytes is used then.
        if (size != 0 && (size < 4 || size % 4 != 0 || RawInode.Bytes + size > bytes.Length))
        {
            int wanted = RawInodeExtra.Bytes;
            if (!reporter.Raise(InodeProblems.ExtraSize, new Place { Inode = number, Found = size, Expected = wanted }))
            {
                return false;
            }
            // Attributes where they lie by the usual size tell that only the number is damaged.
            bool hasAttributes = XattrRegion.HasMagic(bytes[(RawInode.Bytes + wanted)..]);
            if (!hasAttributes)
            {
                bytes[(RawInode.Bytes + wanted)..].Clear();
            }
            extra.ExtraSize = (ushort)wanted;
            size = wanted;
            changed = true;
        }
        if (size == 0)
        {
            return changed;
        }
        Span<byte> area = bytes[(RawInode.Bytes + size)..];
        if (AttributeSoundness.FaultOfInode(area) is not { } fault)
        {
            _ = XattrRegion.HasMagic(area) && Union.Look(new XattrRegion(area, XattrLayout.Inode));
        }
        else if (reporter.Raise(
            fault == AttributeSoundness.Overlap ? InodeProblems.InodeAttributesOverlap : InodeProblems.InodeAttributes,
            new Place { Inode = number, Name = fault }))
        {
            Span<byte> fresh = salvaged.AsSpan(0, area.Length);
            int kept = XattrSalvage.Rebuild(area, XattrLayout.Inode, fresh);
            fresh.CopyTo(area);
            _ = kept != 0 && Union.Look(new XattrRegion(area, XattrLayout.Inode));
            changed = true;
        }
        return changed;
    }

    /// <summary>Checks the attribute block of an inode and counts the reference. True: the inode was changed.</summary>
    public bool CheckBlock(uint number, InodeView view, out bool hasBlock)
    {
        uint block = view.Raw.FileAcl;
        hasBlock = false;
        if (block == 0)
        {
            return false;
        }
        if (!volume.IsLegal(block) || (volume.IsMetadata(block) && !IsSound(block)))
        {
            return Drop(view, InodeProblems.AttributeBlockNumber, new Place { Inode = number, Block = block });
        }
        if (met[block])
        {
            AddReference(block);
            hasBlock = true;
            if (blocksOfUnions.Contains(block))
            {
                volume.Store.Read(block, buffer);
                _ = Union.Look(new XattrRegion(buffer, XattrLayout.Block));
            }
            return false;
        }
        volume.Store.Read(block, buffer);
        if (AttributeSoundness.FaultOfBlock(buffer) is { } fault)
        {
            var place = new Place { Inode = number, Block = block, Name = fault };
            bool isLight = fault is AttributeSoundness.WrongHash or AttributeSoundness.ValueElsewhere or AttributeSoundness.Nameless;
            if (!reporter.Raise(isLight ? InodeProblems.AttributeInBlock : InodeProblems.AttributeBlock, place))
            {
                return false;
            }
            if (!Salvage(block))
            {
                view.Raw.FileAcl = 0;
                return true;
            }
        }
        _ = met.Add(block);
        facts.Use(block);
        HasBlocks = true;
        hasBlock = true;
        if (Union.Look(new XattrRegion(buffer, XattrLayout.Block)))
        {
            _ = blocksOfUnions.Add(block);
        }
        uint stored = Overlay.ReadPointers(buffer)[1];
        if (stored != 1)
        {
            counted[block] = (1, (int)Math.Min(stored, int.MaxValue));
        }
        return false;
    }

    // A descriptor that names the block as a bitmap or a table is what is wrong then: pass 1b moves the attributes.
    private bool IsSound(uint block)
    {
        volume.Store.Read(block, buffer);
        return AttributeSoundness.FaultOfBlock(buffer) is null;
    }

    /// <summary>Takes back a reference: its inode is cleared. A block that nothing refers to any more is free.</summary>
    public void Release(uint block)
    {
        (int found, int stored) = counted.GetValueOrDefault(block, (1, 1));
        if (found > 1)
        {
            counted[block] = (found - 1, stored);
            return;
        }
        _ = counted.Remove(block);
        met.Remove(block);
        facts.Free(block);
    }

    /// <summary>Compares reference counts when all inodes have been seen.</summary>
    public void CheckReferences()
    {
        foreach ((uint block, (int found, int stored)) in counted.OrderBy(pair => pair.Key))
        {
            if (found != stored
                && reporter.Raise(InodeProblems.AttributeReferences, new Place { Block = block, Found = stored, Expected = found }))
            {
                volume.Store.Read(block, buffer);
                Overlay.Pointers(buffer)[1] = (uint)found;
                volume.Store.Write(block, buffer);
            }
        }
    }

    // Without the magic number the block may be anything, another file's data above all, and nothing is written to it.
    private bool Salvage(uint block)
    {
        if (XattrRegion.HeaderOf(buffer).Magic != XattrBlockHeader.MagicNumber || XattrSalvage.Rebuild(buffer, XattrLayout.Block, salvaged) == 0)
        {
            return false;
        }
        XattrRegion.HeaderOf(salvaged).References = XattrRegion.HeaderOf(buffer).References;
        salvaged.CopyTo(buffer, 0);
        volume.Store.Write(block, buffer);
        return true;
    }

    private void AddReference(uint block)
    {
        (int found, int stored) = counted.GetValueOrDefault(block, (1, 1));
        counted[block] = (found + 1, stored);
    }

    private bool Drop(InodeView view, Problem problem, in Place place)
    {
        if (!reporter.Raise(problem, place))
        {
            return false;
        }
        view.Raw.FileAcl = 0;
        return true;
    }
}
