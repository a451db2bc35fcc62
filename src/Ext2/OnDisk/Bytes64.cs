using System.Runtime.CompilerServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>64 bytes in place; converts to a span.</summary>
[InlineArray(64)]
public struct Bytes64
{
    private byte first;
}
