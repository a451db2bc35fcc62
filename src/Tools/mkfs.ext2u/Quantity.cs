using System.Globalization;

namespace Ext2Union.Tools.Mkfs;

/// <summary>Numbers and sizes as mke2fs takes them.</summary>
internal static class Quantity
{
    /// <summary>A whole number in a range. The fault names the option and the range.</summary>
    public static bool TryNumber(string option, string text, long least, long most, out long number, out string fault)
    {
        bool isSound = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number >= least && number <= most;
        fault = isSound ? "" : $"{option}: '{text}' is not a whole number in {least}..{most}";
        return isSound;
    }

    /// <summary>A size with a suffix s (sectors of 512 bytes), k, m, g or t. Without one it is a plain number and <paramref name="hasSuffix"/> is false.</summary>
    public static bool TrySize(string option, string text, out long size, out bool hasSuffix, out string fault)
    {
        int shift = text.Length == 0 ? 0 : char.ToLowerInvariant(text[^1]) switch
        {
            's' => 9,
            'k' => 10,
            'm' => 20,
            'g' => 30,
            't' => 40,
            _ => 0,
        };
        hasSuffix = shift != 0;
        string digits = hasSuffix ? text[..^1] : text;
        bool isSound = long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size > 0 && size <= long.MaxValue >> (shift + 1);
        size <<= shift;
        fault = isSound ? "" : $"{option}: '{text}' is not a size (a number, or a number with s, k, m, g or t behind it)";
        return isSound;
    }
}
