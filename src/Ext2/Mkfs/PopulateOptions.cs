namespace Ext2Union.Ext2.Mkfs;

/// <summary>How a tree is copied into a new volume.</summary>
public sealed record PopulateOptions
{
    /// <summary>No time in the volume is later than this, and changes of inodes are stamped with it: the same tree makes the same bytes.</summary>
    public long? LatestTime { get; init; }

    /// <summary>The root directory keeps the owner it was made with.</summary>
    public bool KeepRootOwner { get; init; }
}
