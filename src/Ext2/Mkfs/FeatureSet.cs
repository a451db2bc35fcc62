using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>The three feature words of a superblock.</summary>
/// <param name="Compat">s_feature_compat.</param>
/// <param name="Incompat">s_feature_incompat.</param>
/// <param name="RoCompat">s_feature_ro_compat.</param>
public readonly record struct FeatureSet(CompatFeatures Compat, IncompatFeatures Incompat, RoCompatFeatures RoCompat)
{
    /// <summary>What mke2fs gives an ext2 volume (base_features of mke2fs.conf).</summary>
    public static FeatureSet Default => new(
        CompatFeatures.ExtendedAttributes | CompatFeatures.ResizeInode | CompatFeatures.DirectoryIndex,
        IncompatFeatures.FileType,
        RoCompatFeatures.SparseSuper | RoCompatFeatures.LargeFile);

    /// <summary>What can be made here.</summary>
    public static FeatureSet Supported => Default with
    {
        Incompat = IncompatFeatures.FileType | IncompatFeatures.MetaBlockGroups | IncompatFeatures.Whiteout | IncompatFeatures.Fallthru,
    };

    /// <summary>Whether any bit is set.</summary>
    public bool IsEmpty => Compat == 0 && Incompat == 0 && RoCompat == 0;

    /// <summary>All bits of both.</summary>
    public FeatureSet With(FeatureSet other) =>
        new(Compat | other.Compat, Incompat | other.Incompat, RoCompat | other.RoCompat);

    /// <summary>The bits of this that are not in the other.</summary>
    public FeatureSet Without(FeatureSet other) =>
        new(Compat & ~other.Compat, Incompat & ~other.Incompat, RoCompat & ~other.RoCompat);
}
