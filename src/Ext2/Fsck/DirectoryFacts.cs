namespace Ext2Union.Ext2.Fsck;

/// <summary>What is known of one directory.</summary>
internal struct DirectoryFacts
{
    public uint Inode;
    /// <summary>What its ".." says.</summary>
    public uint DotDot;
    /// <summary>The directory whose entry leads to it; 0 = none found.</summary>
    public uint Parent;
    /// <summary>First block on the volume; where the directory is sorted for reading. 0 = a hole.</summary>
    public uint FirstBlock;
    /// <summary>Blocks that its size covers.</summary>
    public uint BlockCount;
    /// <summary>When pass 1 met its blocks they lay one behind the other, without holes, from <see cref="FirstBlock"/> on.</summary>
    public bool IsRun;
    /// <summary>It has an index that pass 2 verifies.</summary>
    public bool Indexed;
    /// <summary>Why pass 3 writes it anew.</summary>
    public RebuildReasons Rebuild;
    /// <summary>A name other than "." and ".." was met, marks included.</summary>
    public bool HasNames;
    /// <summary>Opaque, whatever its origin.</summary>
    public bool Opaque;
}
