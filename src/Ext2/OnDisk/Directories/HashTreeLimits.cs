using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Directories;

/// <summary>How many entries an index block may hold and holds: <c>struct dx_countlimit</c>, in place of the first entry's hash.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct HashTreeLimits
{
    /// <summary><c>limit</c>: follows from the block size, and is checked against it.</summary>
    public Le16 Limit;
    /// <summary><c>count</c>: 1 to limit.</summary>
    public Le16 Count;
}
