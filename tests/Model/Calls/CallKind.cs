namespace Ext2Union.Model.Tests.Calls;

/// <summary>System calls, and at the end what the driver itself does between them.</summary>
internal enum CallKind
{
    Open,
    Close,
    Read,
    ReadAt,
    Write,
    WriteAt,
    Put,
    Seek,
    Truncate,
    TruncateSlot,
    Allocate,
    CopyRange,
    MakeDirectory,
    RemoveDirectory,
    MakeNode,
    Symlink,
    ReadLink,
    Link,
    LinkSlot,
    Unlink,
    Rename,
    ChangeMode,
    ChangeModeSlot,
    ChangeOwner,
    ChangeOwnerOfLink,
    ChangeOwnerSlot,
    SetTimes,
    SetTimesSlot,
    SetXattr,
    SetXattrSlot,
    GetXattr,
    GetXattrSlot,
    RemoveXattr,
    RemoveXattrSlot,
    ListXattrs,
    ListXattrsSlot,
    SetFlags,
    SetFlagsSlot,
    GetFlags,
    Access,
    Stat,
    StatSlot,
    List,
    ListSlot,
    Sync,
    Map,

    /// <summary>Every process closes what it has open; then the whole tree is compared.</summary>
    Compare,

    /// <summary>The same with an unmount, the checkers and a mount in between.</summary>
    Remount,

    /// <summary>The same, and the top becomes the highest lower under a new top.</summary>
    Rotate,
}
