using Ext2Union.Vfs;

namespace Ext2Union.Tests.Support;

public static partial class Posix
{
    /// <summary>Flags of open(2) that tests use.</summary>
    [Flags]
    public enum OpenFlags
    {
        /// <summary>O_RDONLY.</summary>
        Read = 0,
        /// <summary>O_WRONLY.</summary>
        Write = 1,
        /// <summary>O_RDWR.</summary>
        ReadWrite = 2,
        /// <summary>O_CREAT.</summary>
        Create = 0x40,
        /// <summary>O_EXCL.</summary>
        Exclusive = 0x80,
        /// <summary>O_TRUNC.</summary>
        Truncate = 0x200,
        /// <summary>O_APPEND.</summary>
        Append = 0x400,
        /// <summary>O_TMPFILE, of a directory: a file without a name.</summary>
        Nameless = 0x410000,
    }

    /// <summary>open(2), without following a link at the end.</summary>
    public static Result<OpenFile> Open(byte[] path, OpenFlags flags, uint mode = 0x1A4)
    {
        const int NoFollow = 0x20000;
        const int CloseOnExec = 0x80000;
        int descriptor = Native.open(Terminated(path), (int)flags | NoFollow | CloseOnExec, mode);
        return descriptor < 0 ? LastError() : new OpenFile(descriptor);
    }

    /// <summary>Opens, writes at a position, closes.</summary>
    public static Errno Write(byte[] path, OpenFlags flags, long offset, byte[] data)
    {
        if (!Open(path, flags).TryGet(out OpenFile file, out Errno error))
        {
            return error;
        }

        using (file)
        {
            return file.Write(offset, data);
        }
    }

    /// <summary>Reads a whole file.</summary>
    public static Result<byte[]> ReadAll(byte[] path)
    {
        if (!Open(path, OpenFlags.Read).TryGet(out OpenFile file, out Errno error))
        {
            return error;
        }

        using (file)
        {
            return file.ReadAll();
        }
    }

    /// <summary>A descriptor.</summary>
    public sealed class OpenFile(int descriptor) : IDisposable
    {
        private const int ChunkBytes = 1 << 20;

        /// <summary>pread(2).</summary>
        public unsafe Result<int> Read(long offset, Span<byte> buffer)
        {
            fixed (byte* start = buffer)
            {
                nint read = Native.pread(descriptor, start, buffer.Length, offset);
                return read < 0 ? LastError() : (int)read;
            }
        }

        /// <summary>pwrite(2), all of it.</summary>
        public unsafe Errno Write(long offset, ReadOnlySpan<byte> data)
        {
            while (!data.IsEmpty)
            {
                fixed (byte* start = data)
                {
                    nint written = Native.pwrite(descriptor, start, data.Length, offset);
                    if (written <= 0)
                    {
                        return LastError();
                    }

                    data = data[(int)written..];
                    offset += written;
                }
            }

            return Errno.None;
        }

        /// <summary>From the start to the end.</summary>
        public Result<byte[]> ReadAll()
        {
            var content = new MemoryStream();
            byte[] chunk = new byte[ChunkBytes];
            while (true)
            {
                if (!Read(content.Length, chunk).TryGet(out int read, out Errno error))
                {
                    return error;
                }

                if (read == 0)
                {
                    return content.ToArray();
                }

                content.Write(chunk, 0, read);
            }
        }

        /// <summary>fsync(2).</summary>
        public Errno Sync() => Check(Native.fsync(descriptor));

        /// <summary>fallocate(2).</summary>
        public Errno Allocate(AllocateMode mode, long offset, long length) => Check(Native.fallocate(descriptor, (int)mode, offset, length));

        /// <summary>linkat(2) of what is open, as open(2) shows it for O_TMPFILE.</summary>
        public Errno Link(byte[] path) =>
            Check(Native.linkat(AtFdCwd, Terminated(PathBytes.Of(LivePath)), AtFdCwd, Terminated(path), SymlinkFollow));

        /// <summary>copy_file_range(2) to the same offset of another file; how many bytes were copied.</summary>
        public unsafe Result<long> CopyTo(OpenFile to, long offset, long length)
        {
            long from = offset, place = offset;
            nint copied = Native.copy_file_range(descriptor, &from, to.Descriptor, &place, (nint)length, 0);
            return copied < 0 ? LastError() : copied;
        }

        /// <summary>The number of the descriptor.</summary>
        internal int Descriptor => descriptor;

        /// <summary>A path that leads to what is open, wherever it is moved meanwhile.</summary>
        public string LivePath => $"/proc/self/fd/{descriptor}";

        /// <inheritdoc/>
        public void Dispose() => Native.close(descriptor);
    }
}
