using System.Runtime.CompilerServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>94 little-endian 32-bit numbers in place; converts to a span.</summary>
[InlineArray(94)]
public struct Words94
{
    private Le32 first;
}
