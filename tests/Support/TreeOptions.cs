namespace Ext2Union.Tests.Support;

/// <summary>What a comparison of trees looks at, beyond names, types, permissions, owners, sizes, content, targets, devices and attributes.</summary>
[Flags]
public enum TreeOptions
{
    /// <summary>Nothing more.</summary>
    None = 0,
    /// <summary>Modification times of all but directories, to the nanosecond.</summary>
    Times = 1,
    /// <summary>Modification times of directories.</summary>
    DirectoryTimes = 2,
    /// <summary>Link counts of all but directories.</summary>
    LinkCounts = 4,
    /// <summary>Link counts of directories too.</summary>
    DirectoryLinkCounts = 8,
    /// <summary>Not lost+found: mkfs makes it, the compared tree has none.</summary>
    WithoutLostAndFound = 16,
    /// <summary>Times of access and change, of every object.</summary>
    OtherTimes = 32,
    /// <summary>Which names are one object, of all but directories.</summary>
    HardLinks = 64,
    /// <summary>Everything that a copy of a tree keeps.</summary>
    All = Times | DirectoryTimes | LinkCounts | DirectoryLinkCounts,
    /// <summary>Everything that two views of one image agree about.</summary>
    SameImage = All | OtherTimes,
}
