using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What the summary counts.</summary>
internal sealed class VolumeStatistics
{
    private readonly long[] kinds = new long[16];

    public long FastSymlinks { get; set; }
    public long LargeFiles { get; set; }
    public long FragmentedFiles { get; set; }
    public long FragmentedDirectories { get; set; }
    public long[] WithIndirect { get; } = new long[3];
    public long BadBlocks { get; set; }
    public long Whiteouts { get; set; }
    public long Fallthrus { get; set; }
    public long OpaqueDirectories { get; set; }
    public long IncompleteFiles { get; set; }
    public long IndexEntries { get; set; }

    public long Of(InodeKind kind) => kinds[(int)kind];

    public void Add(InodeKind kind, long count = 1) => kinds[(int)kind] += count;

    /// <summary>An inode that was counted is cleared.</summary>
    public void Remove(InodeKind kind) => kinds[(int)kind]--;
}
