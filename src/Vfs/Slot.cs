namespace Ext2Union.Vfs;

/// <summary>A name's place in a layer's directory, with a reference to the inode where there is one.</summary>
/// <param name="Kind">What is there.</param>
/// <param name="Inode">The inode of <see cref="SlotKind.Inode"/>, else null.</param>
public readonly record struct Slot(SlotKind Kind, Inode? Inode)
{
    /// <summary>Nothing.</summary>
    public static Slot Absent => default;
    /// <summary>A whiteout.</summary>
    public static Slot Whiteout => new(SlotKind.Whiteout, null);
    /// <summary>A fallthru.</summary>
    public static Slot Fallthru => new(SlotKind.Fallthru, null);
    /// <summary>An ordinary entry.</summary>
    public static Slot Of(Inode inode) => new(SlotKind.Inode, inode);
}
