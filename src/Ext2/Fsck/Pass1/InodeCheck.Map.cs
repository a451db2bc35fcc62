using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

internal sealed partial class InodeCheck
{
    // Blocks, size and block count. False: the inode cannot be kept.
    private bool CheckMap(InodeView view)
    {
        changed |= attributes.CheckBlock(inode, view, out bool hasAttributes);
        bool isMapped = view.Kind is InodeKind.File or InodeKind.Directory || (view.Kind == InodeKind.Symlink && !IsFast(view));
        if (!CheckShape(view, isMapped))
        {
            ReleaseAttributes(view, hasAttributes);
            return false;
        }
        long count = 0;
        if (isMapped)
        {
            changed |= blocks.Walk(inode, view);
            // One with attributes is kept: pass 2 gives it a block.
            bool isEmpty = view.Kind == InodeKind.Directory && blocks.LastIndex < 0 && !hasAttributes;
            if (blocks.IsHopeless || (isEmpty && inode != InodeNumber.Root.Value && Ask(InodeProblems.EmptyDirectory)))
            {
                ReleaseAttributes(view, hasAttributes);
                return false;
            }
            blocks.Use(facts);
            count = blocks.Count;
            CheckSize(view);
        }
        CheckBlockCount(view, count + (hasAttributes ? 1 : 0));
        Record(view, isMapped);
        return true;
    }

    private bool CheckShape(InodeView view, bool isMapped)
    {
        return view.Kind != InodeKind.Symlink || IsSoundSymlink(view, isMapped) || !Ask(InodeProblems.SymlinkDamaged);
    }

    private bool IsFast(InodeView view) => view.Raw.SizeLow < RawInode.BlockBytes && view.Raw.SizeLow != 0;

    private bool IsSoundSymlink(InodeView view, bool isMapped)
    {
        uint size = view.Raw.SizeLow;
        if (size == 0 || view.Raw.SizeHigh != 0 || (view.Flags & RawInodeFlags.Indexed) != 0)
        {
            return false;
        }
        if (!isMapped)
        {
            return view.BlockBytes.IndexOf((byte)0) == size;
        }
        Span<Le32> pointers = view.Raw.Block;
        if (size >= volume.BlockBytes || !volume.IsLegal(pointers[0]))
        {
            return false;
        }
        volume.Store.Read(pointers[0], buffer);
        return buffer.AsSpan().IndexOf((byte)0) == size;
    }

    private void CheckSize(InodeView view)
    {
        int bits = volume.Geometry.BlockBits;
        // What an incomplete copy takes from below is part of it as its own blocks are.
        long below = view.Kind == InodeKind.File ? attributes.Union.Remainder : 0;
        long held = Math.Max((blocks.LastIndex + 1) << bits, below <= maximumFileBytes ? below : 0);
        bool isWrong = view.Kind switch
        {
            // Its upper half was once the number of an access control list.
            InodeKind.Directory => view.Size != held || view.Raw.SizeHigh != 0,
            // A hole may end a file, a whole block behind the end may not.
            InodeKind.File => (blocks.LastIndex >= 0 && view.Size < blocks.LastIndex << bits)
                || view.Size > maximumFileBytes || view.Size < 0,
            _ => false,
        };
        if (isWrong && Ask(InodeProblems.Size, new Place { Found = view.Size, Expected = held }))
        {
            view.Size = held;
            view.Raw.SizeHigh = view.Kind == InodeKind.Directory ? 0u : view.Raw.SizeHigh;
        }
    }

    private void CheckBlockCount(InodeView view, long count)
    {
        long expected = count * (volume.BlockBytes / 512);
        if (view.Raw.Blocks512 != expected && Ask(InodeProblems.BlockCount, new Place { Found = view.Raw.Blocks512, Expected = expected }))
        {
            view.Raw.Blocks512 = (uint)expected;
        }
    }

    private void Record(InodeView view, bool isMapped)
    {
        VolumeStatistics statistics = facts.Statistics;
        facts.Copies.Note(inode, view.Kind, view.Size, attributes.Union, MissingBlocks(view));
        facts.Inodes.Set(inode, view.Kind, view.Raw.LinksCount);
        statistics.Add(view.Kind);
        if (view.Kind == InodeKind.Symlink && !isMapped)
        {
            statistics.FastSymlinks++;
        }
        if (view.Kind == InodeKind.File && view.Size > int.MaxValue)
        {
            facts.HasLargeFile = true;
            statistics.LargeFiles++;
        }
        if (!isMapped)
        {
            return;
        }
        Span<Le32> pointers = view.Raw.Block;
        for (int level = 0; level < 3; level++)
        {
            statistics.WithIndirect[level] += pointers[BlockTree.DirectPointers + level] != 0 ? 1 : 0;
        }
        if (blocks.IsFragmented && blocks.Count < volume.Geometry.BlocksPerGroup)
        {
            statistics.FragmentedFiles += view.Kind == InodeKind.Directory ? 0 : 1;
            statistics.FragmentedDirectories += view.Kind == InodeKind.Directory ? 1 : 0;
        }
        if (view.Kind == InodeKind.Directory)
        {
            RecordDirectory(view);
        }
    }

    // Blocks below the size that a regular file does not have.
    private long MissingBlocks(InodeView view)
    {
        long needed = (view.Size + volume.BlockBytes - 1) >> volume.Geometry.BlockBits;
        return view.Kind == InodeKind.File ? Math.Max(0, Math.Max(needed, blocks.LastIndex + 1) - blocks.DataCount) : 0;
    }

    private void RecordDirectory(InodeView view)
    {
        bool isOpaque = (view.Flags & (RawInodeFlags.Opaque | RawInodeFlags.OriginNone)) != 0;
        facts.HasOpaque |= isOpaque;
        facts.Statistics.OpaqueDirectories += (view.Flags & RawInodeFlags.Opaque) != 0 ? 1 : 0;
        facts.Directories.Add(new DirectoryFacts
        {
            Inode = inode,
            FirstBlock = blocks.FirstBlock,
            BlockCount = (uint)Math.Max(blocks.LastIndex + 1, 1),
            IsRun = blocks.IsRun,
            Indexed = (view.Flags & RawInodeFlags.Indexed) != 0,
            Opaque = (view.Flags & RawInodeFlags.Opaque) != 0,
        });
    }

    // The inode is cleared after its attribute block was counted: the reference goes again.
    private void ReleaseAttributes(InodeView view, bool hasAttributes)
    {
        if (hasAttributes)
        {
            attributes.Release(view.Raw.FileAcl);
        }
    }
}
