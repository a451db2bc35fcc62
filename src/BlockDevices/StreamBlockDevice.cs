using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>
/// Any seekable <see cref="Stream"/> as a device: a disk of a virtual machine opened by a disk-image library, a stream in memory. One call at a
/// time reaches the stream, for it has one position. Owns the stream.
/// </summary>
public sealed class StreamBlockDevice : BlockDevice
{
    private const int ZeroBytes = 1 << 16;

    private readonly Lock gate = new();
    private readonly Stream stream;

    /// <summary>Wraps a stream of fixed length. Requires: it can seek and read.</summary>
    public StreamBlockDevice(Stream stream, string name)
    {
        if (!stream.CanSeek || !stream.CanRead)
        {
            throw new ArgumentException("The stream must be seekable and readable.", nameof(stream));
        }

        this.stream = stream;
        Name = name;
        Length = stream.Length;
        IsReadOnly = !stream.CanWrite;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override long Length { get; }

    /// <inheritdoc/>
    public override bool IsReadOnly { get; }

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer)
    {
        if (!IsInside(offset, buffer.Length))
        {
            return Errno.EIO;
        }

        lock (gate)
        {
            try
            {
                _ = stream.Seek(offset, SeekOrigin.Begin);
                stream.ReadExactly(buffer);
                return Errno.None;
            }
            catch (IOException failure)
            {
                return Of(failure);
            }
        }
    }

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data)
    {
        if (IsReadOnly || !IsInside(offset, data.Length))
        {
            return IsReadOnly ? Errno.EROFS : Errno.EIO;
        }

        lock (gate)
        {
            try
            {
                _ = stream.Seek(offset, SeekOrigin.Begin);
                stream.Write(data);
                return Errno.None;
            }
            catch (IOException failure)
            {
                return Of(failure);
            }
        }
    }

    /// <inheritdoc/>
    public override Errno Flush()
    {
        lock (gate)
        {
            try
            {
                if (stream is FileStream file)
                {
                    file.Flush(flushToDisk: true);
                }
                else
                {
                    stream.Flush();
                }

                return Errno.None;
            }
            catch (IOException failure)
            {
                return Of(failure);
            }
        }
    }

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length)
    {
        byte[] zeros = new byte[(int)Math.Clamp(length, 0, ZeroBytes)];
        for (long done = 0; done < length; done += zeros.Length)
        {
            Errno error = Write(offset + done, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - done)));
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            stream.Dispose();
        }
    }

    // On Unix the runtime puts the system's error number into HResult.
    private static Errno Of(IOException failure) => failure.HResult == (int)Errno.ENOSPC ? Errno.ENOSPC : Errno.EIO;
}
