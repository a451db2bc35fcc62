using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Tells inodes of which nothing needs to be said: free ones, and plain files and short symbolic links whose every field is as it should be. It says nothing, repairs
/// nothing and changes no facts. All others are suspects and go through <see cref="InodeCheck"/>, which is the only judge of what is wrong; so this one may be stricter than
/// that, never laxer.
/// </summary>
internal sealed class SoundInodes
{
    // More and the file is left to the check that walks it without remembering: a part stays small whatever a map says.
    private const int MostRuns = 4096;
    private const RawInodeFlags NoDump = (RawInodeFlags)0x40;
    private const RawInodeFlags NoAccessTime = (RawInodeFlags)0x80;
    private const RawInodeFlags HarmlessOnLinks = RawInodeFlags.Synchronous | NoDump | NoAccessTime;
    private const RawInodeFlags HarmlessOnFiles = HarmlessOnLinks | RawInodeFlags.Immutable | RawInodeFlags.AppendOnly;

    private readonly CheckedVolume volume;
    private readonly byte[][] buffers;
    private readonly uint lowest;
    private readonly uint span;
    private readonly int bits;
    private readonly int pointerBits;
    private TablePart part;
    private int firstRun;
    private BlockRun run;
    private long count;
    private long last;
    private uint previousIndirect;

    public SoundInodes(CheckedVolume volume)
    {
        this.volume = volume;
        lowest = Math.Max(1, volume.Geometry.FirstDataBlock.Value);
        span = volume.Geometry.BlockCount - lowest;
        bits = volume.Geometry.BlockBits;
        pointerBits = bits - 2;
        buffers = [new byte[volume.BlockBytes], new byte[volume.BlockBytes], new byte[volume.BlockBytes]];
        part = null!;
    }

    private enum Verdict
    {
        Suspect,
        Free,
        Sound,
    }

    /// <summary>Judges every inode of a part.</summary>
    public void Look(TablePart inPart)
    {
        part = inPart;
        for (int index = 0; index < part.Count; index++)
        {
            firstRun = part.Runs.Count;
            var view = new InodeView(part.BytesOf(index));
            Verdict verdict = part.FirstInode + (uint)index < volume.FirstInode ? Verdict.Suspect : Judge(view);
            if (verdict == Verdict.Sound)
            {
                part.Take(index, view.Kind, view.Raw.LinksCount);
            }
            else if (verdict == Verdict.Suspect)
            {
                part.Runs.RemoveRange(firstRun, part.Runs.Count - firstRun);
                part.Suspects.Add((index, firstRun));
            }
        }
    }

    private Verdict Judge(InodeView view)
    {
        ref RawInode raw = ref view.Raw;
        uint deleted = raw.DeletionTime;
        if (raw.LinksCount == 0)
        {
            bool isFree = deleted == 0 ? raw.Mode == 0 : deleted > volume.Geometry.InodeCount;
            return isFree && (view.Flags & RawInodeFlags.Extents) == 0 ? Verdict.Free : Verdict.Suspect;
        }
        uint forbidden = deleted | raw.FileAcl | raw.SizeHigh | raw.FragmentAddress | raw.Blocks512High | raw.FileAclHigh;
        if (forbidden != 0 || raw.SizeLow > int.MaxValue || !IsTailSound(view))
        {
            return Verdict.Suspect;
        }
        bool isSound = view.Kind switch
        {
            InodeKind.File => (view.Flags & ~HarmlessOnFiles) == 0 && IsFileSound(ref raw),
            InodeKind.Symlink => (view.Flags & ~HarmlessOnLinks) == 0 && IsSymlinkSound(view),
            _ => false,
        };
        return isSound ? Verdict.Sound : Verdict.Suspect;
    }

    // What lies behind the first 128 bytes: times, and attributes that are no union's.
    private static bool IsTailSound(InodeView view)
    {
        if (view.Bytes.Length < RawInode.Bytes + RawInodeExtra.Bytes)
        {
            return true;
        }
        int size = UncheckedOverlay.InodeExtra(view.Bytes).ExtraSize;
        if (size == 0)
        {
            return true;
        }
        if (size != view.ExtraSize || ExtraTimes.AreBeyond2310(view))
        {
            return false;
        }
        Span<byte> area = view.Bytes[(RawInode.Bytes + size)..];
        return !XattrRegion.HasMagic(area) || AreAttributesPlain(area);
    }

    private static bool AreAttributesPlain(Span<byte> area)
    {
        if (AttributeSoundness.FaultOfInode(area) is not null)
        {
            return false;
        }
        var region = new XattrRegion(area, XattrLayout.Inode);
        int at = region.FirstEntry;
        while (region.TryRead(ref at, out XattrRecord record))
        {
            if (record.Name.IsOfUnions)
            {
                return false;
            }
        }
        return true;
    }

    private bool IsSymlinkSound(InodeView view)
    {
        uint size = view.Raw.SizeLow;
        if (size is 0 or >= RawInode.BlockBytes || view.Raw.Blocks512 != 0 || view.BlockBytes.IndexOf((byte)0) != size)
        {
            return false;
        }
        part.FastSymlinks++;
        return true;
    }

    private bool IsFileSound(ref RawInode raw)
    {
        (count, last, previousIndirect, run) = (0, -1, 0, default);
        ReadOnlySpan<Le32> pointers = raw.Block;
        for (int slot = 0; slot < BlockTree.DirectPointers; slot++)
        {
            if (pointers[slot] is var pointer && pointer != 0)
            {
                if (!Take(pointer))
                {
                    return false;
                }
                last = slot;
            }
        }
        if (!AreIndirectSound(pointers))
        {
            return false;
        }
        Close();
        long size = raw.SizeLow;
        if (raw.Blocks512 != count << (bits - 9) || last << bits >= size)
        {
            return false;
        }
        part.Files++;
        for (int level = 0; level < part.WithIndirect.Length; level++)
        {
            part.WithIndirect[level] += pointers[BlockTree.DirectPointers + level] != 0 ? 1 : 0;
        }
        bool isFragmented = part.Runs.Count - firstRun > 1 && count < volume.Geometry.BlocksPerGroup;
        part.FragmentedFiles += isFragmented ? 1 : 0;
        return true;
    }

    private bool AreIndirectSound(ReadOnlySpan<Le32> pointers)
    {
        long index = BlockTree.DirectPointers;
        for (int level = 1; level <= 3; level++)
        {
            uint pointer = pointers[BlockTree.DirectPointers + level - 1];
            if (pointer != 0 && !IsIndirectSound(pointer, index, level))
            {
                return false;
            }
            index += 1L << (pointerBits * level);
        }
        return true;
    }

    // Indirect blocks that ascend are met once each, which saves remembering them.
    private bool IsIndirectSound(uint block, long index, int level)
    {
        if (block <= previousIndirect || !Take(block) || volume.IsMetadata(block))
        {
            return false;
        }
        previousIndirect = block;
        byte[] buffer = buffers[level - 1];
        if (!volume.Store.TryReadBytes((long)block << bits, buffer))
        {
            return false;
        }
        long reach = 1L << (pointerBits * (level - 1));
        foreach (Le32 pointer in Overlay.ReadPointers(buffer))
        {
            if (pointer != 0)
            {
                if (level > 1 ? !IsIndirectSound(pointer, index, level - 1) : !Take(pointer))
                {
                    return false;
                }
                last = level > 1 ? last : index;
            }
            index += reach;
        }
        return part.Runs.Count - firstRun < MostRuns;
    }

    private bool Take(uint block)
    {
        if (block - lowest >= span)
        {
            return false;
        }
        count++;
        if (run.Start + run.Count == block && run.Count != 0)
        {
            run = new BlockRun(run.Start, run.Count + 1);
            return true;
        }
        Close();
        run = new BlockRun(block, 1);
        return true;
    }

    private void Close()
    {
        if (run.Count != 0)
        {
            part.Runs.Add(run);
            run = default;
        }
    }
}
