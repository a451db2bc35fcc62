namespace Ext2Union.Vfs;

/// <summary>The order of locks: a thread that holds one takes only higher ranks (docs/LOCKING.md).</summary>
public enum LockRank
{
    /// <summary>The node table of the FUSE session.</summary>
    Session = 10,
    /// <summary>Copy-up of one file (stripes; a thread holds at most one). Before the tree: data is copied without the tree's lock.</summary>
    CopyUp = 15,
    /// <summary>A union's table of where numbers stand, for handles that outlived a daemon.</summary>
    PlaceSearch = 17,
    /// <summary>The union's tree: who is whose twin, what stands where, which objects are alive, copy-up of directories.</summary>
    UnionTree = 20,
    /// <summary>The content of one file of a layer (stripes; a thread holds at most one).</summary>
    FileContent = 40,
    /// <summary>All metadata of one writable layer.</summary>
    LayerTop = 50,
    /// <summary>All metadata of one lower layer.</summary>
    LayerLower = 60,
    /// <summary>A layer's table of inodes in memory.</summary>
    InodeTable = 70,
}
