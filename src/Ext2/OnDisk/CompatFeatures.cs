namespace Ext2Union.Ext2.OnDisk;

/// <summary>Features that an implementation which does not know them may ignore (s_feature_compat).</summary>
[Flags]
public enum CompatFeatures : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>dir_prealloc.</summary>
    DirectoryPreallocation = 0x1,
    /// <summary>imagic_inodes.</summary>
    MagicInodes = 0x2,
    /// <summary>has_journal.</summary>
    HasJournal = 0x4,
    /// <summary>ext_attr.</summary>
    ExtendedAttributes = 0x8,
    /// <summary>resize_inode.</summary>
    ResizeInode = 0x10,
    /// <summary>dir_index.</summary>
    DirectoryIndex = 0x20,
    /// <summary>lazy_bg.</summary>
    LazyGroups = 0x40,
    /// <summary>snapshot_bitmap.</summary>
    ExcludeBitmap = 0x100,
    /// <summary>sparse_super2.</summary>
    SparseSuper2 = 0x200,
    /// <summary>fast_commit.</summary>
    FastCommit = 0x400,
    /// <summary>stable_inodes.</summary>
    StableInodes = 0x800,
    /// <summary>orphan_file.</summary>
    OrphanFile = 0x1000,
}
