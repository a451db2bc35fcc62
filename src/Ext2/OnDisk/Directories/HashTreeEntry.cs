using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>
/// An entry of an index block: <c>struct dx_entry</c>. The hash of the first entry is not stored; <see cref="HashTreeLimits"/> takes its place.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct HashTreeEntry
{
    /// <summary>Bytes of the structure.</summary>
    public const int Bytes = 8;

    /// <summary>The lowest hash behind this entry; bit 0 says that names with this hash lie behind the entry before, too.</summary>
    public Le32 Hash;
    /// <summary>Block of the directory, in the lower 28 bits.</summary>
    public Le32 Block;
}
