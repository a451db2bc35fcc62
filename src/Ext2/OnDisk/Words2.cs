using System.Runtime.CompilerServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>2 little-endian 32-bit numbers in place; converts to a span.</summary>
[InlineArray(2)]
public struct Words2
{
    private Le32 first;
}
