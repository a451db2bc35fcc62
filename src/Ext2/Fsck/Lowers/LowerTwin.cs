namespace Ext2Union.Ext2.Fsck;

/// <summary>A directory of a lower that a directory of the union merges.</summary>
/// <param name="Place">The layer's place in the stack; 1 is the highest lower.</param>
/// <param name="Node">The directory there.</param>
internal readonly record struct LowerTwin(int Place, LowerNode Node)
{
    /// <summary>No directory below.</summary>
    public static readonly LowerTwin[] None = [];
}
