using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// The backups of the superblock of a volume that is about to be overwritten. They have to go before its first block does: a check that finds no
/// superblock takes the first backup it finds, and would repair the new volume, or a half-made one, into the old.
/// </summary>
internal static class FormerSuperblocks
{
    private const int LargestLog = 6;

    /// <summary>
    /// Byte offsets of what looks like one: those its own superblock tells of, and where the first would be with the usual groups. What can't be read
    /// leads no check astray either.
    /// </summary>
    public static IReadOnlyList<long> Find(BlockDevice device)
    {
        var found = new List<long>();
        long length = device.Length;
        byte[] bytes = new byte[Superblock.Bytes];
        var candidates = new SortedSet<long>();
        for (int log = 0; log <= LargestLog; log++)
        {
            long blockBytes = 1024L << log;
            _ = candidates.Add(((blockBytes * 8) + (log == 0 ? 1 : 0)) * blockBytes);
        }

        if (length >= 2 * Superblock.Bytes && device.Read(Superblock.Bytes, bytes) == Errno.None)
        {
            AddToldBy(Overlay.ReadSuperblock(bytes), length, candidates);
        }

        foreach (long offset in candidates)
        {
            if (offset > length - Superblock.Bytes)
            {
                break;
            }

            if (device.Read(offset, bytes) == Errno.None && Overlay.ReadSuperblock(bytes).Magic == Superblock.MagicNumber)
            {
                found.Add(offset);
            }
        }

        return found;
    }

    // With sparse_super in groups 1 and the powers of 3, 5 and 7; else in all. A superblock that makes no sense tells nothing.
    private static void AddToldBy(in Superblock old, long length, SortedSet<long> candidates)
    {
        uint log = old.LogBlockSize, perGroup = old.BlocksPerGroup;
        if (old.Magic != Superblock.MagicNumber || log > LargestLog || perGroup < Geometry.MinimumBlocksPerGroup)
        {
            return;
        }

        int shift = (int)log + 10;
        bool isSparse = ((RoCompatFeatures)(uint)old.RoCompat & RoCompatFeatures.SparseSuper) != 0;
        long groups = Math.Min((length >> shift) / perGroup, uint.MaxValue / perGroup) + 1;
        if (!isSparse)
        {
            for (long group = 1; group < groups; group++)
            {
                Add(group);
            }

            return;
        }

        Add(1);
        foreach (int of in (ReadOnlySpan<int>)[3, 5, 7])
        {
            for (long group = of; group < groups; group *= of)
            {
                Add(group);
            }
        }

        void Add(long group) => candidates.Add(((group * perGroup) + (log == 0 ? 1 : 0)) << shift);
    }
}
