using System.Runtime.CompilerServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>44 bytes of the protocol without a meaning; sent as zeros.</summary>
[InlineArray(11)]
internal struct Reserved44
{
    private uint element;
}
