using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>
/// A time in an inode: signed 32-bit seconds and, where the inode has room, an extra word with 30 bits of nanoseconds above
/// 2 bits that are added to the seconds as multiples of 2^32 (Documentation/filesystems/ext4, "Inode Timestamps").
/// </summary>
public static class InodeTime
{
    /// <summary>First second that can be stored.</summary>
    public const long Minimum = int.MinValue;
    /// <summary>Last second that can be stored without an extra word.</summary>
    public const long MaximumPlain = int.MaxValue;
    /// <summary>Last second that can be stored with an extra word.</summary>
    public const long MaximumExtra = (3L << 32) + int.MaxValue;

    /// <summary>Reads a time without an extra word.</summary>
    public static Timestamp Read(uint seconds) => new((int)seconds, 0);

    /// <summary>Reads a time with its extra word. Nanoseconds that are none read as zero.</summary>
    public static Timestamp Read(uint seconds, uint extra)
    {
        uint nanoseconds = extra >> 2;
        return new Timestamp((int)seconds + ((long)(extra & 3) << 32), nanoseconds < 1_000_000_000 ? nanoseconds : 0);
    }

    /// <summary>The seconds word; a time out of range becomes the nearest that can be stored.</summary>
    public static uint SecondsWord(Timestamp time, bool hasExtra) =>
        (uint)Math.Clamp(time.Seconds, Minimum, hasExtra ? MaximumExtra : MaximumPlain);

    /// <summary>The extra word.</summary>
    public static uint ExtraWord(Timestamp time)
    {
        long seconds = Math.Clamp(time.Seconds, Minimum, MaximumExtra);
        return (uint)(((seconds - (int)seconds) >> 32) & 3) | (time.Nanoseconds << 2);
    }
}
