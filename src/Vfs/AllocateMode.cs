namespace Ext2Union.Vfs;

/// <summary>Mode bits of fallocate(2).</summary>
[Flags]
public enum AllocateMode
{
    /// <summary>Allocate the range and extend the file.</summary>
    None = 0,
    /// <summary>FALLOC_FL_KEEP_SIZE.</summary>
    KeepSize = 1,
    /// <summary>FALLOC_FL_PUNCH_HOLE; comes with <see cref="KeepSize"/>.</summary>
    PunchHole = 2,
    /// <summary>FALLOC_FL_ZERO_RANGE.</summary>
    ZeroRange = 16,
}
