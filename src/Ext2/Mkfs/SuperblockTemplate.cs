using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>The superblock of a new volume.</summary>
internal static class SuperblockTemplate
{
    private const uint DefaultMountOptionsXattrUser = 0x4;
    private const uint DefaultMountOptionsAcl = 0x8;
    private const ushort ContinueOnErrors = 1;
    private const byte HalfMd4 = 1;

    public static Superblock Of(FormatOptions options, FormatSizing sizing)
    {
        FeatureSet features = FeaturesOf(options, sizing);
        uint time = (uint)options.Time!.Value;
        uint blockLog = (uint)int.Log2(sizing.BlockBytes / 1024);
        Superblock result = default;
        result.InodesCount = sizing.InodesPerGroup * sizing.GroupCount;
        result.BlocksCount = sizing.BlockCount;
        result.ReservedBlocksCount = sizing.ReservedBlocks;
        result.FirstDataBlock = sizing.FirstDataBlock;
        result.LogBlockSize = blockLog;
        result.LogClusterSize = blockLog;
        result.BlocksPerGroup = sizing.BlocksPerGroup;
        result.ClustersPerGroup = sizing.BlocksPerGroup;
        result.InodesPerGroup = sizing.InodesPerGroup;
        result.WriteTime = time;
        result.MaximumMountCount = ushort.MaxValue;
        result.Magic = Superblock.MagicNumber;
        result.State = (ushort)SuperblockState.Clean;
        result.Errors = ContinueOnErrors;
        result.LastCheck = time;
        result.MakeTime = time;
        options.VolumeId!.Value.ToByteArray(bigEndian: true).CopyTo((Span<byte>)result.Uuid);
        options.Label.Span.CopyTo(result.VolumeName);

        // Directories hash the same on every machine: the kernel takes the kind of char from here, not from its own compiler.
        result.Flags = (uint)SuperblockFlags.SignedHash;
        result.DefaultHashVersion = HalfMd4;
        options.HashSeed!.Value.ToByteArray(bigEndian: true).CopyTo(Overlay.BytesOf(ref result.HashSeed));
        result.FirstInode = InodeNumber.FirstOfRevisionZero.Value;
        result.InodeSize = (ushort)sizing.InodeBytes;
        if (options.Revision > 0)
        {
            FillRevisionOne(ref result, options, sizing, features);
        }

        return result;
    }

    private static void FillRevisionOne(ref Superblock result, FormatOptions options, FormatSizing sizing, FeatureSet features)
    {
        result.Revision = 1;
        result.Compat = (uint)features.Compat;
        result.Incompat = (uint)features.Incompat;
        result.RoCompat = (uint)features.RoCompat;
        result.ReservedGdtBlocks = (ushort)sizing.ReservedGdtBlocks;
        result.DefaultMountOptions = DefaultMountOptionsXattrUser | DefaultMountOptionsAcl;
        result.RaidStride = options.RaidStride;
        result.RaidStripeWidth = options.RaidStripeWidth;
        if (sizing.InodeBytes > RawInode.Bytes)
        {
            result.MinimumExtraSize = RawInodeExtra.Bytes;
            result.WantedExtraSize = RawInodeExtra.Bytes;
        }
    }

    private static FeatureSet FeaturesOf(FormatOptions options, FormatSizing sizing)
    {
        FeatureSet features = options.Features;
        if (sizing.HasMetaGroups)
        {
            features = features with
            {
                Incompat = features.Incompat | IncompatFeatures.MetaBlockGroups,
                Compat = features.Compat & ~CompatFeatures.ResizeInode,
            };
        }

        // The inode that owns the reserved descriptors claims the size its block tree could reach.
        bool isLarge = (features.Compat & CompatFeatures.ResizeInode) != 0 && ResizeInode.SizeFor(sizing.BlockBytes) > int.MaxValue;
        return isLarge ? features with { RoCompat = features.RoCompat | RoCompatFeatures.LargeFile } : features;
    }
}
