using System.Numerics;
using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>Wishes that can't be met, each named with its range.</summary>
internal static class FormatChecks
{
    public static FormatFault? Fault(FormatOptions options)
    {
        string? sentence = options switch
        {
            { BlockBytes: int bytes } when !IsPowerIn(bytes, Geometry.MinimumBlockBytes, Geometry.MaximumBlockBytes) =>
                $"The block size (-b) {bytes} is not 1024, 2048, 4096 ... {Geometry.MaximumBlockBytes}.",
            { BlockBytes: int bytes } when bytes < options.SectorBytes =>
                $"The block size (-b) {bytes} is smaller than a sector of the device ({options.SectorBytes}).",
            { InodeBytes: int bytes } when !IsPowerIn(bytes, RawInode.Bytes, Geometry.MaximumBlockBytes) =>
                $"The inode size (-I) {bytes} is not a power of two from 128 to the block size.",
            { Revision: not (0 or 1) } => $"The revision (-r) {options.Revision} is neither 0 nor 1.",
            { Revision: 0, InodeBytes: not (null or RawInode.Bytes) } => "Revision 0 (-r 0) has inodes of 128 bytes (-I).",
            { BytesPerInode: long ratio } when ratio is < 1024 or > 64 << 20 =>
                $"The bytes per inode (-i) {ratio} are not in 1024..{64 << 20}.",
            { InodeCount: 0 } => "The number of inodes (-N) is not in 1..4294967295.",
            { ReservedPercent: not (>= 0 and <= 50) } => $"The reserved share (-m) {options.ReservedPercent} is not in 0..50 percent.",
            { Label.Length: > 16 } => $"The label (-L) has {options.Label.Length} bytes; 16 are the most.",
            { Time: < 0 or > uint.MaxValue } => $"The time {options.Time} is not in 0..{uint.MaxValue}: an ext2 superblock can't hold it.",
            _ => FeatureFault(options),
        };
        return sentence is null ? null : FormatFault.Invalid(sentence);
    }

    public static FormatFault? Fault(FormatOptions options, int blockBytes, int inodeBytes, long blockCount, ulong inodes)
    {
        long least = blockBytes == 1024 ? 60 : 16;
        string? sentence = inodeBytes > blockBytes
            ? $"The inode size (-I) {inodeBytes} is larger than the block size {blockBytes}."
            : blockCount < least
            ? $"{blockCount} blocks of {blockBytes} bytes are too few; {least} are the least."
            : blockCount > uint.MaxValue
            ? $"{blockCount} blocks of {blockBytes} bytes are too many for ext2 (at most {uint.MaxValue}); {Larger(blockBytes, blockCount)}."
            : inodes > uint.MaxValue
            ? $"{inodes} inodes are too many for ext2; a higher -i is needed."
            : inodes * (ulong)inodeBytes >= (ulong)blockCount * (ulong)blockBytes
            ? $"{inodes} inodes of {inodeBytes} bytes don't fit into {blockCount} blocks; a higher -i or a lower -N is needed."
            : options.BlocksPerGroup is uint group && (group % 8 != 0 || group < Geometry.MinimumBlocksPerGroup || group > Math.Min(blockBytes * 8, 65528))
            ? $"The blocks per group (-g) {group} are not a multiple of 8 in {Geometry.MinimumBlocksPerGroup}..{Math.Min(blockBytes * 8, 65528)}."
            : options.ResizeBlocks is uint most && most <= blockCount
            ? $"The size to grow to (-E resize=) of {most} blocks is not larger than the volume's {blockCount}."
            : null;
        return sentence is null ? null : FormatFault.Invalid(sentence);
    }

    private static string? FeatureFault(FormatOptions options)
    {
        FeatureSet unsupported = options.Features.Without(FeatureSet.Supported);
        bool resize = (options.Features.Compat & CompatFeatures.ResizeInode) != 0;
        return !unsupported.IsEmpty
            ? $"The features {FeatureNames.Of(unsupported.Compat)} {FeatureNames.Of(unsupported.Incompat)} {FeatureNames.Of(unsupported.RoCompat)} can't be made."
            : resize && (options.Features.RoCompat & RoCompatFeatures.SparseSuper) == 0
            ? "The feature resize_inode needs sparse_super (-O ^resize_inode leaves it out)."
            : resize && (options.Features.Incompat & IncompatFeatures.MetaBlockGroups) != 0
            ? "The features resize_inode and meta_bg exclude each other (-O ^resize_inode leaves one out)."
            : options.ResizeBlocks is not null && !resize
            ? "Growing (-E resize=) needs the feature resize_inode."
            : (options.Features.Incompat & (IncompatFeatures.Whiteout | IncompatFeatures.Fallthru)) != 0
                && (options.Features.Incompat & IncompatFeatures.FileType) == 0
            ? "The features whiteout and fallthru need filetype."
            : null;
    }

    private static string Larger(int blockBytes, long blockCount)
    {
        int enough = blockBytes;
        while (enough < Geometry.MaximumBlockBytes && blockCount * blockBytes / enough > uint.MaxValue)
        {
            enough *= 2;
        }

        return enough == blockBytes ? "give a smaller size" : $"-b {enough} would do";
    }

    private static bool IsPowerIn(int value, int least, int most) => value >= least && value <= most && BitOperations.IsPow2(value);
}
