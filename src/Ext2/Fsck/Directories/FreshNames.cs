using System.Globalization;
using System.Text;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Invents names for entries of a directory whose own is taken: NAME~0, NAME~1 and so on, as e2fsck does. No number is tried twice for a stem, so many entries of
/// one name cost no more than as many different ones.
/// </summary>
internal sealed class FreshNames
{
    private const int LongestName = 255;
    private const int MostDigits = 9;
    private readonly HashSet<string> taken = [];
    // By stem and digits: the number to be tried next.
    private readonly Dictionary<(string Stem, int Digits), int> next = [];

    /// <summary>Takes a name that is in the directory; false when it was taken already.</summary>
    public bool Take(ReadOnlySpan<byte> name) => taken.Add(Encoding.Latin1.GetString(name));

    /// <summary>A name that is not taken, and is from now on; null when none fits into <paramref name="room"/> bytes.</summary>
    public byte[]? Invent(ReadOnlySpan<byte> name, int room)
    {
        string old = Encoding.Latin1.GetString(name);
        int longest = Math.Min(room, LongestName);
        int end = 10;
        for (int digits = 1; digits <= MostDigits && digits < longest; digits++)
        {
            (string Stem, int Digits) key = (old[..Math.Min(old.Length, longest - digits - 1)], digits);
            int number = next.GetValueOrDefault(key, digits == 1 ? 0 : end / 10);
            while (number < end)
            {
                string fresh = string.Create(CultureInfo.InvariantCulture, $"{key.Stem}~{number++}");
                if (taken.Add(fresh))
                {
                    next[key] = number;
                    return Encoding.Latin1.GetBytes(fresh);
                }
            }
            next[key] = end;
            end *= 10;
        }
        return null;
    }
}
