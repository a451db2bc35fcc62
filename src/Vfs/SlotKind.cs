namespace Ext2Union.Vfs;

/// <summary>What a layer's directory holds under a name.</summary>
public enum SlotKind
{
    /// <summary>Nothing.</summary>
    Absent,
    /// <summary>The name is deleted: nothing below shows through.</summary>
    Whiteout,
    /// <summary>The name is looked up below, also when the directory is opaque.</summary>
    Fallthru,
    /// <summary>An ordinary entry.</summary>
    Inode,
}
