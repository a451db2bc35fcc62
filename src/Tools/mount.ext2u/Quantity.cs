using System.Globalization;

namespace Ext2Union.Tools.Mount;

/// <summary>Numbers in options.</summary>
internal static class Quantity
{
    /// <summary>Bytes with k, m, g or t, or per cent of the memory.</summary>
    public static bool TryParseBytes(string text, out long bytes)
    {
        if (!text.EndsWith('%'))
        {
            return TryParseCount(text, out bytes) && bytes > 0;
        }

        bool isGood = long.TryParse(text.AsSpan(0, text.Length - 1), CultureInfo.InvariantCulture, out long percent) && percent is > 0 and <= 100;
        bytes = isGood ? MemoryBytes / 100 * percent : 0;
        return isGood;
    }

    /// <summary>A count with k, m, g or t (powers of 1024).</summary>
    public static bool TryParseCount(string text, out long count)
    {
        int shift = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch { 'k' => 10, 'm' => 20, 'g' => 30, 't' => 40, _ => 0 };
        bool isGood = long.TryParse(text.AsSpan(0, text.Length - (shift > 0 ? 1 : 0)), NumberStyles.None, CultureInfo.InvariantCulture, out count)
            && count <= long.MaxValue >> shift;
        count <<= isGood ? shift : 0;
        return isGood;
    }

    /// <summary>A mode in octal.</summary>
    public static bool TryParseOctal(string text, out uint value)
    {
        value = 0;
        foreach (char digit in text)
        {
            if (digit is < '0' or > '7' || value > 0xFFFF)
            {
                return false;
            }

            value = (value << 3) | (uint)(digit - '0');
        }

        return text.Length > 0;
    }

    /// <summary>The memory of the machine, or of the control group where that is less.</summary>
    public static long MemoryBytes => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
}
