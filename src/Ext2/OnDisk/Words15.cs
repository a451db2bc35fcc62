using System.Runtime.CompilerServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>15 little-endian 32-bit numbers in place; converts to a span.</summary>
[InlineArray(15)]
public struct Words15
{
    private Le32 first;
}
