using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>fuse_init_out of 7.45 (linux/fuse.h): 64 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct InitOut
{
    public uint Major;
    public uint Minor;
    public uint MaximumReadahead;
    public uint Flags;
    public ushort MaximumBackground;
    public ushort CongestionThreshold;
    public uint MaximumWrite;
    public uint TimeGranularity;
    public ushort MaximumPages;
    public ushort MapAlignment;
    public uint Flags2;
    public uint MaximumStackDepth;
    public ushort RequestTimeout;
    public Reserved22 Unused;
}
