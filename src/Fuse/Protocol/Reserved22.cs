using System.Runtime.CompilerServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>22 bytes of the protocol without a meaning; sent as zeros.</summary>
[InlineArray(11)]
internal struct Reserved22
{
    private ushort element;
}
