using System.Runtime.CompilerServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>16 bytes in place; converts to a span.</summary>
[InlineArray(16)]
public struct Bytes16
{
    private byte first;
}
