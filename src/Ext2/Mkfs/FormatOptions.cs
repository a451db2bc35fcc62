namespace Ext2Union.Ext2.Mkfs;

/// <summary>How a volume shall be made. What is left null is chosen as mke2fs chooses it for ext2.</summary>
public sealed record FormatOptions
{
    /// <summary>Bytes of a block, a power of two in 1024..65536.</summary>
    public int? BlockBytes { get; init; }

    /// <summary>Bytes of an inode, a power of two from 128 to the block size.</summary>
    public int? InodeBytes { get; init; }

    /// <summary>One inode for so many bytes of the volume.</summary>
    public long? BytesPerInode { get; init; }

    /// <summary>Inodes wanted; rounded up to fill the inode tables.</summary>
    public uint? InodeCount { get; init; }

    /// <summary>Share of the blocks kept for the superuser, percent, 0..50.</summary>
    public double ReservedPercent { get; init; } = 5;

    /// <summary>Volume name, at most 16 bytes.</summary>
    public ReadOnlyMemory<byte> Label { get; init; }

    /// <summary>Identity of the volume; random when null.</summary>
    public Guid? VolumeId { get; init; }

    /// <summary>Seed of directory hashes; random when null.</summary>
    public Guid? HashSeed { get; init; }

    /// <summary>Features; those of revision 0 are always none.</summary>
    public FeatureSet Features { get; init; } = FeatureSet.Default;

    /// <summary>Revision, 0 or 1. 0 has inodes of 128 bytes and no features.</summary>
    public int Revision { get; init; } = 1;

    /// <summary>Blocks of a group, a multiple of 8 from 256 to eight times the block size.</summary>
    public uint? BlocksPerGroup { get; init; }

    /// <summary>Owner of the root directory.</summary>
    public uint RootUserId { get; init; }

    /// <summary>Group of the root directory.</summary>
    public uint RootGroupId { get; init; }

    /// <summary>Time of making, and of all inodes made; now when null. Whole seconds.</summary>
    public long? Time { get; init; }

    /// <summary>Room is kept for growing to so many blocks (<c>-E resize=</c>); a thousandfold when null.</summary>
    public uint? ResizeBlocks { get; init; }

    /// <summary>RAID: blocks of a chunk.</summary>
    public ushort RaidStride { get; init; }

    /// <summary>RAID: blocks of a stripe.</summary>
    public uint RaidStripeWidth { get; init; }

    /// <summary>Kinds of use whose defaults apply, later ones first; the size's class when empty.</summary>
    public IReadOnlyList<UsageType> Usage { get; init; } = [];

    /// <summary>Bytes of a sector of the device; a chosen block is at least as large.</summary>
    public int SectorBytes { get; init; } = 512;

    /// <summary>Tell the device first that nothing of its content is needed any more.</summary>
    public bool Discard { get; init; } = true;
}
