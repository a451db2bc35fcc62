namespace Ext2Union.Ext2.OnDisk;

/// <summary>An inode of the volume, counted from 1; zero stands for "none".</summary>
/// <param name="Value">The number a directory entry stores.</param>
public readonly record struct InodeNumber(uint Value)
{
    /// <summary>No inode.</summary>
    public static InodeNumber None => default;
    /// <summary>EXT2_BAD_INO: owns the bad blocks.</summary>
    public static InodeNumber BadBlocks => new(1);
    /// <summary>EXT2_ROOT_INO: the root directory.</summary>
    public static InodeNumber Root => new(2);
    /// <summary>EXT2_BOOT_LOADER_INO.</summary>
    public static InodeNumber BootLoader => new(5);
    /// <summary>EXT2_RESIZE_INO: owns the reserved descriptor blocks.</summary>
    public static InodeNumber Resize => new(7);
    /// <summary>EXT2_JOURNAL_INO.</summary>
    public static InodeNumber Journal => new(8);
    /// <summary>First inode for users in revision 0 (EXT2_GOOD_OLD_FIRST_INO).</summary>
    public static InodeNumber FirstOfRevisionZero => new(11);

    /// <summary>Whether this is no inode.</summary>
    public bool IsNone => Value == 0;

    /// <inheritdoc/>
    public override string ToString() => Value.ToString();
}
