namespace Ext2Union.Vfs;

/// <summary>What statfs(2) shows.</summary>
public struct Statistics
{
    /// <summary>Bytes of a block.</summary>
    public uint BlockSize;
    /// <summary>Blocks for data in all.</summary>
    public ulong Blocks;
    /// <summary>Free blocks, those reserved for root included.</summary>
    public ulong FreeBlocks;
    /// <summary>Free blocks for everyone.</summary>
    public ulong AvailableBlocks;
    /// <summary>Inodes in all.</summary>
    public ulong Inodes;
    /// <summary>Free inodes.</summary>
    public ulong FreeInodes;
    /// <summary>Longest name, bytes.</summary>
    public uint MaximumNameBytes;
}
