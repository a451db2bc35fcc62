using System.Buffers;
using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Copies the data of a file with its holes.</summary>
internal static class FileDataCopy
{
    /// <summary>
    /// From this size on a copy is made durable before it gets its name (docs/decisions/union-copy-up-durability.md): below it the sync would
    /// cost more than the copy, and the top's own write order keeps a kill from showing a name without its data.
    /// </summary>
    public const long SyncThresholdBytes = 8L << 20;

    private const int BufferBytes = 1 << 20;

    /// <summary>Copies the first <paramref name="length"/> bytes; the copy ends up that long.</summary>
    public static Errno Run(FileInode from, FileInode to, long length)
    {
        if (length == 0)
        {
            return Errno.None;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(length, BufferBytes));
        long written = 0;
        Errno error = CopyRanges(from, to, length, buffer, ref written);
        ArrayPool<byte>.Shared.Return(buffer);
        if (error == Errno.None && written < length)
        {
            error = to.SetSize(length);
        }

        return error == Errno.None && length >= SyncThresholdBytes ? to.Sync(dataOnly: true) : error;
    }

    private static Errno CopyRanges(FileInode from, FileInode to, long length, byte[] buffer, ref long written)
    {
        long position = 0;
        while (position < length)
        {
            Errno error = from.Seek(position, SeekKind.Data, out long start);
            if (error == Errno.ENXIO || (error == Errno.None && start >= length))
            {
                return Errno.None;
            }

            long end = length;
            if (error == Errno.None)
            {
                error = from.Seek(start, SeekKind.Hole, out end);
            }
            else if (error is Errno.EOPNOTSUPP or Errno.EINVAL)
            {
                // A host file system without holes: all is data.
                (start, error) = (position, Errno.None);
            }

            end = Math.Min(end, length);
            error = error == Errno.None ? CopyRange(from, to, start, end, buffer, ref written) : error;
            if (error != Errno.None || end <= position || written < end)
            {
                return error;
            }

            position = end;
        }

        return Errno.None;
    }

    // Ends early where the lower is shorter than it said (someone changes it): the size is what counts then.
    private static Errno CopyRange(FileInode from, FileInode to, long start, long end, byte[] buffer, ref long written)
    {
        for (long position = start; position < end;)
        {
            Errno error = from.Read(position, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - position)), out int read);
            if (error != Errno.None || read == 0)
            {
                return error;
            }

            for (int done = 0; done < read;)
            {
                error = to.Write(position + done, buffer.AsSpan(done, read - done), out int count);
                if (error != Errno.None || count == 0)
                {
                    return error == Errno.None ? Errno.EIO : error;
                }

                done += count;
            }

            position += read;
            written = position;
        }

        return Errno.None;
    }
}
