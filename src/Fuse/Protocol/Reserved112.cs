using System.Runtime.CompilerServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>112 bytes of the protocol without a meaning; sent as zeros.</summary>
[InlineArray(14)]
internal struct Reserved112
{
    private ulong element;
}
