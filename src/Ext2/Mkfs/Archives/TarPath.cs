namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>Names in an archive, which anyone may have written: a path that could leave the tree is refused, not repaired.</summary>
internal static class TarPath
{
    /// <summary>Longer than any program can open (PATH_MAX is 4096), and short enough to be looked at.</summary>
    public const int MostBytes = 1 << 16;

    private const int MostNameBytes = 255;

    /// <summary>Takes <c>./a//b/</c> as <c>a/b</c>. False: <paramref name="fault"/> says what is wrong with it, to go behind its name.</summary>
    public static bool TryClean(ReadOnlySpan<byte> raw, out byte[] path, out string fault)
    {
        path = [];
        fault = raw.Length > MostBytes ? $"its name has {raw.Length} bytes; {MostBytes} are the most"
            : raw.StartsWith("/"u8) ? "its name begins with / and would lie outside the tree; make the archive with names relative to the tree (tar -C DIR .)"
            : raw.Contains((byte)0) ? "its name holds a zero byte"
            : "";
        if (fault.Length > 0)
        {
            return false;
        }

        var clean = new List<byte>(raw.Length);
        foreach (Range range in raw.Split((byte)'/'))
        {
            ReadOnlySpan<byte> name = raw[range];
            if (name.IsEmpty || name.SequenceEqual("."u8))
            {
                continue;
            }

            if (name.SequenceEqual(".."u8) || name.Length > MostNameBytes)
            {
                fault = name.Length > MostNameBytes ? $"a part of its name has {name.Length} bytes; {MostNameBytes} are the most" : "its name leads through .. and could leave the tree";
                return false;
            }

            if (clean.Count > 0)
            {
                clean.Add((byte)'/');
            }

            clean.AddRange(name);
        }

        path = [.. clean];
        return true;
    }

    /// <summary>The part before the last slash; empty where there is none.</summary>
    public static ReadOnlySpan<byte> Parent(ReadOnlySpan<byte> path) => path[..Math.Max(path.LastIndexOf((byte)'/'), 0)];

    /// <summary>The part behind the last slash.</summary>
    public static ReadOnlySpan<byte> Name(ReadOnlySpan<byte> path) => path[(path.LastIndexOf((byte)'/') + 1)..];
}
