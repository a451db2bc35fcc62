using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>What the first block of an indexed directory says about the index, behind "." and "..": <c>struct dx_root_info</c>.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct HashTreeRootInfo
{
    /// <summary>Bytes of the structure, stored in <see cref="InfoLength"/>.</summary>
    public const int Bytes = 8;

    /// <summary><c>reserved_zero</c>.</summary>
    public Le32 ReservedZero;
    /// <summary><c>hash_version</c>: 0 to 2, signedness is the volume's.</summary>
    public byte HashVersion;
    /// <summary><c>info_length</c>: 8.</summary>
    public byte InfoLength;
    /// <summary><c>indirect_levels</c>: index nodes between the root and the leaves, 0 or 1 (more only with large_dir).</summary>
    public byte IndirectLevels;
    /// <summary><c>unused_flags</c>: bit 0 must be clear.</summary>
    public byte UnusedFlags;
}
