using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_init_in since 7.36 (linux/fuse.h): 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InitIn
{
    public uint Major;
    public uint Minor;
    public uint MaximumReadahead;
    public uint Flags;
    public uint Flags2;
    public Reserved44 Unused;
}
