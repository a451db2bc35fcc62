using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>The map of a sparse file that comes before its data (GNU tar's sparse format 1.0): decimal numbers, each with a line feed, filled up to a whole block.</summary>
internal sealed class SparseMapInData(TarInput input, long left)
{
    private readonly byte[] block = new byte[TarHeader.Bytes];
    private int next = TarHeader.Bytes;

    /// <summary>Bytes of the entry that are not read yet.</summary>
    public long Left { get; private set; } = left;

    /// <summary>Reads the map. False: it ends early, or says nonsense.</summary>
    public bool TryRead(SparseMap map)
    {
        if (!TryNumber(out long count))
        {
            return false;
        }

        for (long index = 0; index < count; index++)
        {
            if (!TryNumber(out long offset) || !TryNumber(out long length) || !map.TryAdd(offset, length))
            {
                return false;
            }
        }

        return true;
    }

    private bool TryNumber(out long number)
    {
        number = 0;
        for (int digits = 0; ; digits++)
        {
            if (next == block.Length)
            {
                if (Left < block.Length || input.Read(block, out int read) != Errno.None || read < block.Length)
                {
                    return false;
                }

                Left -= block.Length;
                next = 0;
            }

            byte digit = block[next++];
            if (digit == '\n')
            {
                return digits > 0;
            }

            if (digit is < (byte)'0' or > (byte)'9' || digits == 18)
            {
                return false;
            }

            number = (number * 10) + (digit - '0');
        }
    }
}
