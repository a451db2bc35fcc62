namespace Ext2Union.Vfs;

/// <summary>A change of attributes: chmod, chown, utimensat, FS_IOC_SETFLAGS in one. Size is changed by <see cref="FileInode.SetSize"/>.</summary>
public struct AttributeChange
{
    /// <summary>Which members below count.</summary>
    public AttributeFields Fields;
    /// <summary>Permission bits (07777); type bits are ignored.</summary>
    public uint Mode;
    /// <summary>Owner.</summary>
    public uint UserId;
    /// <summary>Group.</summary>
    public uint GroupId;
    /// <summary>Access time.</summary>
    public Timestamp AccessTime;
    /// <summary>Modification time.</summary>
    public Timestamp ModifyTime;
    /// <summary>Change time.</summary>
    public Timestamp ChangeTime;
    /// <summary>Creation time.</summary>
    public Timestamp BirthTime;
    /// <summary>Inode flags; the bits of <see cref="InodeFlags.UserModifiable"/> are replaced, others are left.</summary>
    public InodeFlags Flags;

    /// <summary>Whether all of these fields are meant.</summary>
    public readonly bool Has(AttributeFields fields) => (Fields & fields) == fields;
}
