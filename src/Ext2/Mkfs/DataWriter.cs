using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>Writes content into a file; where the same content shall make the same blocks, zeros become holes.</summary>
internal sealed class DataWriter(bool zerosAreHoles)
{
    private const int PieceBytes = 4096;

    /// <summary>Writes all of it. Errors: those of <see cref="FileInode.Write"/>.</summary>
    public Errno Write(FileInode target, long start, ReadOnlySpan<byte> data)
    {
        int done = 0;
        while (done < data.Length)
        {
            // Which zeros are holes on the host depends on how the file came there.
            if (zerosAreHoles && !Piece(data, start, done).ContainsAnyExcept((byte)0))
            {
                done += Piece(data, start, done).Length;
                continue;
            }

            int end = done;
            while (end < data.Length && (!zerosAreHoles || Piece(data, start, end).ContainsAnyExcept((byte)0)))
            {
                end = zerosAreHoles ? end + Piece(data, start, end).Length : data.Length;
            }

            while (done < end)
            {
                Errno error = target.Write(start + done, data[done..end], out int written);
                if (error != Errno.None)
                {
                    return error;
                }

                done += written;
            }
        }

        return Errno.None;
    }

    private static ReadOnlySpan<byte> Piece(ReadOnlySpan<byte> data, long start, int offset) =>
        data.Slice(offset, (int)Math.Min(PieceBytes - ((start + offset) % PieceBytes), data.Length - offset));
}
