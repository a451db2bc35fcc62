using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Ext2Union.Linux.Files;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>The bytes of an archive in their order: a file, or a pipe, which gives them only once. Never more than one buffer of it is in memory.</summary>
public sealed class TarInput : IDisposable
{
    private const int BufferBytes = 256 << 10;

    private readonly FileDescriptor file;
    private readonly byte[] buffer = new byte[BufferBytes];
    private readonly long length;
    private int next;
    private int filled;
    private long fileOffset;

    private TarInput(string name, FileDescriptor file, in FileStatus status)
    {
        Name = name;
        this.file = file;
        CanRepeat = status.Kind == InodeKind.File && !ReferenceEquals(file, FileDescriptor.StandardInput);
        length = CanRepeat ? status.Size : long.MaxValue;
    }

    /// <summary>What messages call it.</summary>
    public string Name { get; }

    /// <summary>Whether <see cref="Rewind"/> is possible.</summary>
    public bool CanRepeat { get; }

    /// <summary>Bytes taken so far.</summary>
    public long Position { get; private set; }

    /// <summary>Opens an archive; <c>-</c> is standard input. False: <paramref name="refusal"/> says why in one sentence.</summary>
    public static bool TryOpen(string path, [NotNullWhen(true)] out TarInput? input, [NotNullWhen(false)] out string? refusal)
    {
        input = null;
        refusal = null;
        bool isStandard = path == "-";
        string name = isStandard ? "standard input" : path;
        FileDescriptor? file = FileDescriptor.StandardInput;
        Errno error = Errno.None;
        if (!isStandard && !FileDescriptor.Open(path, OpenFlags.ReadOnly).TryGet(out file, out error))
        {
            refusal = $"{name}: {Marshal.GetPInvokeErrorMessage((int)error)}";
            return false;
        }

        error = file.GetStatus(out FileStatus status);
        if (error != Errno.None || status.Kind is InodeKind.Directory or InodeKind.CharacterDevice)
        {
            refusal = error != Errno.None ? $"{name}: {Marshal.GetPInvokeErrorMessage((int)error)}"
                : $"{name} is {(status.Kind == InodeKind.Directory ? "a directory" : "a terminal or another device")}; a tar is needed, as in: tar -c --posix --xattrs -C DIR . | mkfs.ext2u -d - IMAGE SIZE";
            file.Dispose();
            return false;
        }

        input = new TarInput(name, file, status);
        return true;
    }

    /// <summary>Starts again at the first byte. Requires: <see cref="CanRepeat"/>.</summary>
    public void Rewind()
    {
        next = 0;
        filled = 0;
        fileOffset = 0;
        Position = 0;
    }

    /// <summary>Reads until the buffer is full or the archive ends; <paramref name="read"/> is short only at the end.</summary>
    public Errno Read(Span<byte> target, out int read)
    {
        read = 0;
        while (read < target.Length)
        {
            if (next == filled)
            {
                Errno error = Fill();
                if (error != Errno.None || filled == 0)
                {
                    return error;
                }
            }

            int part = Math.Min(filled - next, target.Length - read);
            buffer.AsSpan(next, part).CopyTo(target[read..]);
            next += part;
            read += part;
            Position += part;
        }

        return Errno.None;
    }

    /// <summary>Passes over bytes; false in <paramref name="isComplete"/> when the archive ends before.</summary>
    public Errno Skip(long count, out bool isComplete)
    {
        while (count > 0)
        {
            if (next == filled)
            {
                // What a file need not give it is not asked for.
                long jump = CanRepeat ? Math.Min(count, length - fileOffset) : 0;
                fileOffset += jump;
                Position += jump;
                count -= jump;
                Errno error = count == 0 ? Errno.None : Fill();
                if (error != Errno.None || filled == 0 || count == 0)
                {
                    isComplete = error == Errno.None && count == 0;
                    return error;
                }
            }

            int part = (int)Math.Min(filled - next, count);
            next += part;
            Position += part;
            count -= part;
        }

        isComplete = true;
        return Errno.None;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!ReferenceEquals(file, FileDescriptor.StandardInput))
        {
            file.Dispose();
        }
    }

    private Errno Fill()
    {
        next = 0;
        Errno error = CanRepeat ? file.Read(fileOffset, buffer, out filled) : file.ReadNext(buffer, out filled);
        fileOffset += filled;
        return error;
    }
}
