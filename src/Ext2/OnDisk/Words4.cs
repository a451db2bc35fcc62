using System.Runtime.CompilerServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>4 little-endian 32-bit numbers in place; converts to a span.</summary>
[InlineArray(4)]
public struct Words4
{
    private Le32 first;
}
