using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <content>
/// The walks over the block tree of an inode. All go below an indirect block once and no more, in the same order, so that a place in one walk is the same place in another.
/// </content>
internal sealed partial class Pass1SharedBlocks
{
    private readonly struct BadBlockCollector(Pass1SharedBlocks pass) : IBlockVisitor
    {
        private readonly HashSet<uint> indirect = [];

        public bool Visit(ref uint pointer, long index, int level)
        {
            if (!pass.volume.IsLegal(pointer))
            {
                return false;
            }
            pass.Fix(pointer);
            if (pass.shared[pointer])
            {
                _ = pass.badBlocks.Add(pointer);
            }
            return level == 0 || indirect.Add(pointer);
        }
    }

    private struct Counter(Pass1SharedBlocks pass, bool isReserved) : IBlockVisitor
    {
        private readonly HashSet<uint> indirect = [];

        public bool HasShared { get; private set; }

        public bool Visit(ref uint pointer, long index, int level)
        {
            if (!pass.volume.IsLegal(pointer))
            {
                return false;
            }
            if (isReserved)
            {
                pass.Fix(pointer);
            }
            else if (pass.shared[pointer])
            {
                pass.owners[pointer] = pass.owners.GetValueOrDefault(pointer) + 1;
                HasShared = true;
            }
            return level == 0 || indirect.Add(pointer);
        }
    }

    // An indirect block that is met a second time, at another depth, leads to blocks that no pass has counted: a copy that took one of them would write over the
    // file's own content.
    private readonly struct Holder(Pass1SharedBlocks pass) : IBlockVisitor
    {
        private readonly HashSet<(uint Block, int Level)> met = [];

        public bool Visit(ref uint pointer, long index, int level)
        {
            if (!pass.volume.IsLegal(pointer))
            {
                return false;
            }
            pass.facts.Hold(pointer);
            return level > 0 && met.Add((pointer, level));
        }
    }

    // What is still to be copied, the others having been asked before.
    private struct Remaining(Pass1SharedBlocks pass) : IBlockVisitor
    {
        private readonly HashSet<uint> indirect = [];

        public int Total { get; private set; }

        public bool Visit(ref uint pointer, long index, int level)
        {
            Total += pass.IsToCopy(pointer) ? 1 : 0;
            return pass.volume.IsLegal(pointer) && (level == 0 || indirect.Add(pointer));
        }
    }

    // The list of bad blocks loses what something else has. An indirect block that is shared goes with all below it.
    private struct Shortener(Pass1SharedBlocks pass) : IBlockVisitor
    {
        private readonly HashSet<uint> indirect = [];

        public bool HasTaken { get; private set; }

        public bool Visit(ref uint pointer, long index, int level)
        {
            if (!pass.volume.IsLegal(pointer))
            {
                return false;
            }
            bool isOthers = pass.shared[pointer] && (pass.owners.GetValueOrDefault(pointer) != 0 || pass.volume.IsMetadata(pointer));
            if (isOthers && pass.reporter.Raise(InodeProblems.BadBlocksPointer, new Place { Inode = InodeNumber.BadBlocks.Value, Found = pointer, Block = pointer, Index = index }))
            {
                pointer = 0;
                HasTaken = true;
                return false;
            }
            return level == 0 || indirect.Add(pointer);
        }
    }

    // A file becomes one with holes; others lose what they take for an indirect block and is none. What lies below is found to be free by the next beginning.
    private struct Taker(Pass1SharedBlocks pass, bool isFile, bool isCounting) : IBlockVisitor
    {
        private readonly HashSet<uint> indirect = [];

        public int Total { get; private set; }

        public bool Visit(ref uint pointer, long index, int level)
        {
            if (!pass.volume.IsLegal(pointer))
            {
                return false;
            }
            if (!pass.IsToCopy(pointer) || (!isFile && (level == 0 || !pass.IsUnchecked(pointer))))
            {
                return level == 0 || indirect.Add(pointer);
            }
            Total++;
            if (!isCounting)
            {
                pass.owners[pointer] = pass.owners.GetValueOrDefault(pointer) - 1;
                pointer = 0;
            }
            return false;
        }
    }

    // A file that is deleted owns nothing any more.
    private readonly struct Release(Pass1SharedBlocks pass) : IBlockVisitor
    {
        private readonly HashSet<uint> indirect = [];

        public bool Visit(ref uint pointer, long index, int level)
        {
            bool isLegal = pass.volume.IsLegal(pointer);
            if (isLegal && pass.shared[pointer])
            {
                pass.owners[pointer] = pass.owners.GetValueOrDefault(pointer) - 1;
            }
            return isLegal && (level == 0 || indirect.Add(pointer));
        }
    }

    // Writes the copies, and notes at which pointer of the walk each belongs.
    private struct Copier(Pass1SharedBlocks pass, List<(long Visit, uint From, uint To)> copies, byte[] buffer) : IBlockVisitor
    {
        private readonly HashSet<uint> indirect = [];
        private long visits;

        public bool IsFull { get; private set; }

        /// <summary>
        /// The copy of an indirect block that pass 1 did not look at leads on: to blocks of others, or to no blocks at all. Or what was copied is an indirect block of
        /// another inode that pass 1 looked at and left as it was.
        /// </summary>
        public bool HasUnchecked { get; private set; }

        public bool Visit(ref uint pointer, long index, int level)
        {
            visits++;
            bool isLegal = pass.volume.IsLegal(pointer);
            bool isNew = level == 0 || indirect.Add(pointer);
            HasUnchecked |= !isNew || (level > 0 && pass.IsUnchecked(pointer));
            if (!pass.IsToCopy(pointer))
            {
                return isNew && isLegal;
            }
            // To whom it stays an indirect block, it can be repaired now.
            HasUnchecked |= pass.facts.Unrepaired.Contains(pointer);
            uint copy = IsFull ? 0 : pass.facts.Allocate();
            if (copy == 0)
            {
                IsFull = true;
                return false;
            }
            pass.volume.Store.Read(pointer, buffer);
            pass.volume.Store.Write(copy, buffer);
            pass.owners[pointer] = pass.owners.GetValueOrDefault(pointer) - 1;
            copies.Add((visits, pointer, copy));
            return isNew;
        }
    }

    // Sets the pointers to the copies. Below the copy of an indirect block are the pointers of the block itself.
    private struct Leader(CheckedVolume volume, List<(long Visit, uint From, uint To)> copies) : IBlockVisitor
    {
        private readonly HashSet<uint> indirect = [];
        private long visits;
        private int next;

        public bool Visit(ref uint pointer, long index, int level)
        {
            visits++;
            bool goesBelow = volume.IsLegal(pointer) && (level == 0 || indirect.Add(pointer));
            if (next < copies.Count && copies[next].Visit == visits)
            {
                pointer = copies[next++].To;
            }
            return goesBelow;
        }
    }
}
