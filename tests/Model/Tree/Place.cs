namespace Ext2Union.Model.Tests.Tree;

/// <summary>Where a path leads.</summary>
/// <param name="Parent">The directory that holds the last name.</param>
/// <param name="Name">The last name; "." and ".." are none and stand here as they were written.</param>
/// <param name="Inode">What is there, or null.</param>
/// <param name="Slashes">Whether the path ended in a slash.</param>
internal sealed record Place(ModelDirectory Parent, string Name, ModelInode? Inode, bool Slashes)
{
    /// <summary>Whether the last part is a name at all (LAST_NORM).</summary>
    public bool IsNamed => Name is not ("." or "..");
}
