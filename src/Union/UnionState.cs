using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// What every object of a union knows of itself: who it is, and the layer inodes it is seen through. A field of the inode rather than an
/// object of its own: hundreds of thousands of them are alive during a find.
/// </summary>
internal struct UnionState(UnionFileSystem union, ulong number, uint generation)
{
    /// <summary>The union.</summary>
    public readonly UnionFileSystem Union = union;
    /// <summary>The inode number shown, fixed for the life of the object.</summary>
    public readonly ulong Number = number;
    /// <summary>The generation shown, that of the layer inode it was first seen through.</summary>
    public readonly uint Generation = generation;
    /// <summary>
    /// Visible links less those that <see cref="Current"/> counts: names that are still in a lower, the entry in the index, names of a lower that were whited out. What
    /// its record says, where it has one.
    /// </summary>
    public int LinkOffset;
    /// <summary>The inode on top; set once, under the tree lock, read without it. A reference is held.</summary>
    public Inode? Top;
    /// <summary>The inode in the highest lower. Kept after copy-up, for readers that are under way. A reference is held (a directory's twins hold it).</summary>
    public Inode? Lower;
    /// <summary>The place in the stack of the layer that <see cref="Lower"/> belongs to; 1 is the highest lower.</summary>
    public ushort LowerPlace;
    /// <summary>The directory it stands in: of directories, and of other objects that are not on top yet. A reference is held. Guarded by the tree lock.</summary>
    public UnionDirectory? Parent;
    /// <summary>Its name there. Guarded by the tree lock.</summary>
    public byte[]? Name;
    /// <summary>Its last name is gone. Guarded by the tree lock.</summary>
    public bool IsRemoved;
    /// <summary>The inode on top is entered in the index of copies: names that lie below lead to it. Guarded by the tree lock.</summary>
    public bool IsIndexed;

    /// <summary>The layer inode that speaks for the object.</summary>
    public readonly Inode Current => Volatile.Read(in Top) ?? Lower!;
}
