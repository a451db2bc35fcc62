using System.Runtime.CompilerServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>32 bytes in place; converts to a span.</summary>
[InlineArray(32)]
public struct Bytes32
{
    private byte first;
}
