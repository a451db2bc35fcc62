namespace Ext2Union.Union;

/// <summary>What listing a directory with lower content does to the top (<c>-o fallthru=</c>).</summary>
public enum FallthruMode
{
    /// <summary>The first listing stores the lower names as fallthrus and makes the directory opaque.</summary>
    Persist,
    /// <summary>Names are merged in memory; listing never writes.</summary>
    Memory,
}
