using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Tests.Support;

public static partial class Posix
{
    // Small, so that a directory of some size takes several calls and may change between them.
    private const int EntryBufferBytes = 1024;

    /// <summary>The entries of a directory as getdents64(2) gives them, in that order, without "." and "..": what a listing says without a stat.</summary>
    public static unsafe Result<List<Entry>> ListEntries(byte[] path)
    {
        if (!Open(path, OpenFlags.Read).TryGet(out OpenFile folder, out Errno error))
        {
            return error;
        }

        using (folder)
        {
            // struct linux_dirent64: inode 8, offset 8, length 2, type 1, then the name.
            const int LengthOffset = 16, TypeOffset = 18, NameOffset = 19;
            var entries = new List<Entry>();
            byte* buffer = stackalloc byte[EntryBufferBytes];
            while (true)
            {
                nint read = Native.getdents64(folder.Descriptor, buffer, EntryBufferBytes);
                if (read <= 0)
                {
                    return read < 0 ? LastError() : entries;
                }

                for (byte* at = buffer; at < buffer + read; at += *(ushort*)(at + LengthOffset))
                {
                    ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(at + NameOffset);
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8))
                    {
                        entries.Add(new Entry(PathBytes.Escape(name), *(ulong*)at, (InodeKind)at[TypeOffset]));
                    }
                }
            }
        }
    }

    /// <summary>One entry of a listing.</summary>
    /// <param name="Name">Escaped.</param>
    /// <param name="Inode">d_ino.</param>
    /// <param name="Kind">d_type.</param>
    public sealed record Entry(string Name, ulong Inode, InodeKind Kind);
}
