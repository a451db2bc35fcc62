namespace Ext2Union.Vfs;

/// <summary>What lseek(2) looks for.</summary>
public enum SeekKind
{
    /// <summary>SEEK_DATA.</summary>
    Data = 3,
    /// <summary>SEEK_HOLE.</summary>
    Hole = 4,
}
