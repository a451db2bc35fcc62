using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Volume;

/// <summary>Consecutive blocks of a file that are consecutive on the device, or a hole.</summary>
/// <param name="Start">First block on the device, or none for a hole.</param>
/// <param name="Count">Blocks, at least 1.</param>
internal readonly record struct BlockRun(BlockNumber Start, uint Count)
{
    /// <summary>Whether nothing is allocated here.</summary>
    public bool IsHole => Start.IsNone;
}
