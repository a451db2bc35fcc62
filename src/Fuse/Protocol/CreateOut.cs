using System.Runtime.InteropServices;

namespace Ext2Union.Fuse.Protocol;

/// <summary>What CREATE and TMPFILE answer: fuse_entry_out, then fuse_open_out (linux/fuse.h): 144 bytes.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CreateOut
{
    public EntryOut Entry;
    public OpenOut Open;
}
