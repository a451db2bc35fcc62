namespace Ext2Union.BlockDevices.Partitions;

/// <summary>The CRC of ISO 3309 that a GPT uses (polynomial 0x04C11DB7, reflected).</summary>
internal static class Crc32
{
    /// <summary>The CRC of some bytes.</summary>
    public static uint Of(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte value in bytes)
        {
            crc ^= value;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
