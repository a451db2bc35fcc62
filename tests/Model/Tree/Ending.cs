namespace Ext2Union.Model.Tests.Tree;

/// <summary>What is done with a symlink at the end of a path.</summary>
internal enum Ending
{
    /// <summary>It is followed.</summary>
    Follow,

    /// <summary>It is not, unless a slash comes after it.</summary>
    NoFollow,

    /// <summary>It is not, whatever comes: calls that make, remove or rename (LOOKUP_PARENT).</summary>
    Name,
}
