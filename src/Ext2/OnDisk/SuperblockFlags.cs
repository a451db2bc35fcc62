namespace Ext2Union.Ext2.OnDisk;

/// <summary>Bits of s_flags.</summary>
[Flags]
public enum SuperblockFlags : uint
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>EXT2_FLAGS_SIGNED_HASH: directory hashes take name bytes as signed.</summary>
    SignedHash = 1,
    /// <summary>EXT2_FLAGS_UNSIGNED_HASH: directory hashes take name bytes as unsigned.</summary>
    UnsignedHash = 2,
    /// <summary>EXT2_FLAGS_TEST_FILESYS.</summary>
    TestFileSystem = 4,
}
