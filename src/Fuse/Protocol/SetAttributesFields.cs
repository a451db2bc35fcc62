namespace Ext2Union.Fuse.Protocol;

/// <summary>Which members of a SETATTR are meant (linux/fuse.h, FATTR_*).</summary>
[Flags]
internal enum SetAttributesFields : uint
{
    None = 0,
    Mode = 1 << 0,
    UserId = 1 << 1,
    GroupId = 1 << 2,
    Size = 1 << 3,
    AccessTime = 1 << 4,
    ModifyTime = 1 << 5,
    AccessTimeNow = 1 << 7,
    ModifyTimeNow = 1 << 8,
    ChangeTime = 1 << 10,
    KillSetIds = 1 << 11,
}
