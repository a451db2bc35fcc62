using System.Text;

namespace Ext2Union.Tools.Mount;

/// <summary>Lists in options, in which a backslash takes the next separator (or backslash) for what it is.</summary>
internal static class EscapedList
{
    /// <summary>Splits at a separator. Only the backslash before this separator goes: an inner list still has to be split at its own.</summary>
    public static List<string> Split(string text, char separator)
    {
        List<string> parts = [];
        StringBuilder part = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 1 < text.Length)
            {
                i++;
                _ = text[i] == separator ? part.Append(separator) : part.Append('\\').Append(text[i]);
            }
            else if (text[i] == separator)
            {
                parts.Add(part.ToString());
                _ = part.Clear();
            }
            else
            {
                _ = part.Append(text[i]);
            }
        }

        parts.Add(part.ToString());
        return parts;
    }

    /// <summary>Takes the remaining escapes away from one path.</summary>
    public static string Unescape(string text)
    {
        if (!text.Contains('\\', StringComparison.Ordinal))
        {
            return text;
        }

        StringBuilder plain = new();
        for (int i = 0; i < text.Length; i++)
        {
            bool escapes = text[i] == '\\' && i + 1 < text.Length && text[i + 1] is '\\' or ',' or ':';
            i += escapes ? 1 : 0;
            _ = plain.Append(text[i]);
        }

        return plain.ToString();
    }
}
