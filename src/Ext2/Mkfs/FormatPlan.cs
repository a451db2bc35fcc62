using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>A volume on paper: every choice made and proved possible, nothing written.</summary>
public sealed class FormatPlan
{
    private readonly Superblock superblock;

    private FormatPlan(FormatOptions options, in Superblock superblock, Geometry geometry)
    {
        Options = options;
        this.superblock = superblock;
        Geometry = geometry;
    }

    /// <summary>The wishes, with identity, hash seed and time filled in.</summary>
    public FormatOptions Options { get; }

    /// <summary>The measures.</summary>
    public Geometry Geometry { get; }

    /// <summary>The superblock as it will be, but for the counts of free blocks and inodes.</summary>
    public ref readonly Superblock Superblock => ref superblock;

    /// <summary>The blocks where backups of the superblock will lie.</summary>
    public IEnumerable<uint> BackupBlocks => Enumerable.Range(1, (int)Geometry.GroupCount - 1)
        .Where(group => Geometry.HasSuperblock((uint)group))
        .Select(group => Geometry.SuperblockOf((uint)group).Value);

    /// <summary>Chooses the measures for a device of this many bytes. False: <paramref name="fault"/> says which wish can't be met.</summary>
    public static bool TryCreate(
        FormatOptions options, long lengthBytes, [NotNullWhen(true)] out FormatPlan? plan, [NotNullWhen(false)] out FormatFault? fault)
    {
        plan = null;
        options = Complete(options);
        fault = FormatChecks.Fault(options);
        if (fault is not null)
        {
            return false;
        }

        int blockBytes = FormatDefaults.BlockBytes(options, lengthBytes);
        int inodeBytes = FormatDefaults.InodeBytes(options, blockBytes);
        long blockCount = lengthBytes / blockBytes;
        ulong inodes = FormatDefaults.Inodes(options, blockBytes, blockCount);
        fault = FormatChecks.Fault(options, blockBytes, inodeBytes, blockCount, inodes);
        if (fault is not null)
        {
            return false;
        }

        var sizing = new FormatSizing(options, blockBytes, inodeBytes, (uint)blockCount, (uint)inodes);
        fault = sizing.Solve();
        if (fault is not null)
        {
            return false;
        }

        Superblock superblock = SuperblockTemplate.Of(options, sizing);
        if (!Geometry.TryCreate(superblock, out Geometry geometry, out string sentence))
        {
            fault = FormatFault.Invalid(sentence);
            return false;
        }

        plan = new FormatPlan(options, superblock, geometry);
        return true;
    }

    private static FormatOptions Complete(FormatOptions options) => options with
    {
        Features = options.Revision == 0 ? default : options.Features,
        VolumeId = options.VolumeId ?? Guid.NewGuid(),
        HashSeed = options.HashSeed ?? new Guid(RandomNumberGenerator.GetBytes(16)),
        Time = options.Time ?? DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
    };
}
