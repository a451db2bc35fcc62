namespace Ext2Union.Vfs;

/// <summary>Where the lower twins of a directory lie (union-mounts, section 3).</summary>
public enum OriginKind
{
    /// <summary>Nothing stored: the same name in the parent's twins.</summary>
    Natural,
    /// <summary>There is nothing below it, ever.</summary>
    None,
    /// <summary>At a stored path of the merged view of all layers below.</summary>
    Redirect,
}
