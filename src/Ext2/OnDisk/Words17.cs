using System.Runtime.CompilerServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>17 little-endian 32-bit numbers in place; converts to a span.</summary>
[InlineArray(17)]
public struct Words17
{
    private Le32 first;
}
