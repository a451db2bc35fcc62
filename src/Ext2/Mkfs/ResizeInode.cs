using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// Inode 7, which owns the blocks kept for more group descriptors so that a volume can grow while it is mounted. Its double indirect block lists the reserved
/// blocks of group 0, and each of these lists its twins in the groups that hold backups (kernel <c>reserve_backup_gdb</c> checks both).
/// </summary>
internal sealed class ResizeInode(Geometry geometry)
{
    private readonly uint[] backupGroups =
        [.. Enumerable.Range(1, (int)geometry.GroupCount - 1).Select(group => (uint)group).Where(geometry.HasSuperblock)];

    /// <summary>i_size it claims: all that direct, indirect and double indirect blocks could reach.</summary>
    public static long SizeFor(int blockBytes)
    {
        long pointers = blockBytes / 4;
        return ((pointers * pointers) + pointers + 12) * blockBytes;
    }

    /// <summary>i_blocks in units of 512 bytes.</summary>
    public uint Blocks512 => (uint)((1 + (geometry.ReservedGdtBlocks * (1 + (long)backupGroups.Length))) * (geometry.BlockBytes / 512));

    /// <summary>Fills the double indirect block.</summary>
    public void FillDoubleIndirect(Span<byte> block)
    {
        Span<Le32> pointers = Overlay.Pointers(block);
        for (uint index = 0; index < geometry.ReservedGdtBlocks; index++)
        {
            uint descriptor = geometry.DescriptorBlocks + index;
            pointers[(int)(descriptor % geometry.PointersPerBlock)] = ReservedBlock(index).Value;
        }
    }

    /// <summary>Fills the reserved block of group 0 with this index.</summary>
    public void FillReserved(uint index, Span<byte> block)
    {
        Span<Le32> pointers = Overlay.Pointers(block);
        int place = 0;
        foreach (uint group in backupGroups)
        {
            pointers[place++] = (ReservedBlock(index) + (group * geometry.BlocksPerGroup)).Value;
        }
    }

    private BlockNumber ReservedBlock(uint index) => geometry.FirstDataBlock + (1 + geometry.DescriptorBlocks + index);
}
