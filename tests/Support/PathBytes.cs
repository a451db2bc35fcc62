using System.Globalization;
using System.Text;

namespace Ext2Union.Tests.Support;

/// <summary>Names are bytes; messages and comparisons want text. Printable ASCII stays, everything else becomes \xNN.</summary>
public static class PathBytes
{
    /// <summary>Bytes as text.</summary>
    public static string Escape(ReadOnlySpan<byte> name)
    {
        var text = new StringBuilder(name.Length);
        foreach (byte unit in name)
        {
            if (unit is > 0x20 and < 0x7F and not (byte)'\\')
            {
                text.Append((char)unit);
            }
            else
            {
                text.Append("\\x").Append(unit.ToString("X2", CultureInfo.InvariantCulture));
            }
        }

        return text.ToString();
    }

    /// <summary>A path of the test itself as bytes.</summary>
    public static byte[] Of(string path) => Encoding.UTF8.GetBytes(path);

    /// <summary>A folder's path and a name in it.</summary>
    public static byte[] Join(ReadOnlySpan<byte> folder, ReadOnlySpan<byte> name) => [.. folder, (byte)'/', .. name];
}
