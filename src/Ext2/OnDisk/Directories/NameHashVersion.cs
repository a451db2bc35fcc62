namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>
/// How names of an indexed directory are hashed: <c>s_def_hash_version</c> and <c>dx_root_info.hash_version</c>. On disk only the first three are stored;
/// whether bytes count as signed or unsigned is said once for the volume (<c>s_flags</c>), as the kernel's <c>s_hash_unsigned</c>.
/// </summary>
public enum NameHashVersion : byte
{
    /// <summary>DX_HASH_LEGACY, bytes signed.</summary>
    Legacy = 0,
    /// <summary>DX_HASH_HALF_MD4, bytes signed.</summary>
    HalfMd4 = 1,
    /// <summary>DX_HASH_TEA, bytes signed.</summary>
    Tea = 2,
    /// <summary>DX_HASH_LEGACY_UNSIGNED.</summary>
    LegacyUnsigned = 3,
    /// <summary>DX_HASH_HALF_MD4_UNSIGNED.</summary>
    HalfMd4Unsigned = 4,
    /// <summary>DX_HASH_TEA_UNSIGNED.</summary>
    TeaUnsigned = 5,
}
