namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>
/// Places in a directory that is read in hash order. 31 bits of the index's hash above, 28 bits of <see cref="NameKey"/> where that collides, and a
/// number of 4 bits where both do. A cookie is the place behind an entry, so it is never 0 and never negative.
/// </summary>
internal static class HashCookie
{
    /// <summary>Entries that both hashes cannot tell apart get numbers below this in the order of their names; what is beyond shares the last.</summary>
    public const int Ordinals = 16;

    private const int OrdinalBits = 4;

    /// <summary>The place of the first name with these hashes.</summary>
    public static ulong KeyOf(uint hash, uint nameKey) => ((ulong)(hash >> 1) << 32) | ((nameKey << OrdinalBits) & uint.MaxValue);

    /// <summary>The lowest key of a hash.</summary>
    public static ulong LowestOf(uint hash) => (ulong)(hash >> 1) << 32;

    /// <summary>The cookie behind an entry.</summary>
    public static long Behind(ulong key, int ordinal) => (long)(key + (uint)Math.Min(ordinal, Ordinals - 1) + 1);

    /// <summary>The hash at which a scan goes on.</summary>
    public static uint HashOf(long cookie) => (uint)(cookie >> 32) << 1;
}
