namespace Ext2Union.Vfs;

/// <summary>Which members of an <see cref="AttributeChange"/> are meant.</summary>
[Flags]
public enum AttributeFields
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Permission bits.</summary>
    Mode = 1,
    /// <summary>Owner.</summary>
    UserId = 2,
    /// <summary>Group.</summary>
    GroupId = 4,
    /// <summary>Access time.</summary>
    AccessTime = 8,
    /// <summary>Modification time.</summary>
    ModifyTime = 16,
    /// <summary>Change time; when absent the layer sets it to now.</summary>
    ChangeTime = 32,
    /// <summary>Creation time.</summary>
    BirthTime = 64,
    /// <summary>Inode flags.</summary>
    Flags = 128,
}
