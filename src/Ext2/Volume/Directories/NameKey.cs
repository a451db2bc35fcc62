namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>A hash of names of our own, independent of the one on disk: it tells names apart that collide there. It never leaves memory except in cookies.</summary>
internal static class NameKey
{
    /// <summary>FNV-1a over 64 bits, its halves mixed, since short names leave the upper bits of FNV poor.</summary>
    public static uint Of(ReadOnlySpan<byte> name)
    {
        ulong hash = 0xCBF29CE484222325;
        foreach (byte b in name)
        {
            hash = (hash ^ b) * 0x100000001B3;
        }

        hash ^= hash >> 32;
        hash *= 0xD6E8FEB86659FD93;
        return (uint)(hash >> 32);
    }
}
