using System.Globalization;
using System.Text;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The letters of a recipe: words, quoted texts, names with escapes, numbers.</summary>
internal static class RecipeWords
{
    // Features; flags of inodes; types of directory records; flags of copies; a block beyond any volume here.
    private const string ConstantTable =
        """
        filetype 0x2, recover 0x4, journal_dev 0x8, meta_bg 0x10, whiteout_feature 0x20, extents 0x40, 64bit 0x80, fallthru_feature 0x800,
        dir_prealloc 0x1, has_journal 0x4, ext_attr 0x8, resize_inode 0x10, dir_index 0x20, sparse_super 0x1, large_file 0x2,
        immutable_flag 0x10, index_flag 0x1000, huge_file_flag 0x40000, extents_flag 0x80000, opaque 0x04000000, origin_none 0x08000000,
        unknown 0x0, file 0x1, directory 0x2, character 0x3, block_device 0x4, fifo 0x5, socket 0x6, symlink 0x7, whiteout 0x8, fallthru 0x9,
        indexed 0x1, incomplete 0x2,
        nowhere 0xFFFFFF
        """;

    private static readonly Dictionary<string, uint> Constants = ConstantTable
        .Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(entry => entry.Split(" 0x"))
        .ToDictionary(parts => parts[0], parts => uint.Parse(parts[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture));

    /// <summary>The words of a line: blanks within brackets and quotes belong to a word, # begins a comment.</summary>
    public static List<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        int depth = 0;
        bool isQuoted = false;
        foreach (char letter in line)
        {
            bool isPlain = depth == 0 && !isQuoted;
            if (isPlain && letter == '#')
            {
                break;
            }
            if (isPlain && char.IsWhiteSpace(letter))
            {
                End();
                continue;
            }
            isQuoted ^= letter == '"';
            depth += isQuoted ? 0 : letter == '(' ? 1 : letter == ')' ? -1 : 0;
            _ = word.Append(letter);
        }
        End();
        return depth == 0 && !isQuoted ? words : throw new RecipeSyntaxException("brackets or quotes are not closed");

        void End()
        {
            if (word.Length > 0)
            {
                words.Add(word.ToString());
                _ = word.Clear();
            }
        }
    }

    /// <summary>A name as Latin-1 letters: quotes go, \xNN is a byte.</summary>
    public static string Name(string word)
    {
        word = word.Trim().Trim('"');
        var name = new StringBuilder();
        for (int at = 0; at < word.Length; at++)
        {
            if (word[at] == '\\' && at + 3 < word.Length && word[at + 1] == 'x')
            {
                _ = name.Append((char)byte.Parse(word.AsSpan(at + 2, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
                at += 3;
            }
            else
            {
                _ = name.Append(word[at]);
            }
        }
        return name.ToString();
    }

    /// <summary>A number: decimal, 0x hexadecimal, 0 octal (modes), 'c' a letter, or words of the list joined by |.</summary>
    public static bool TryNumber(string word, out ulong number)
    {
        number = 0;
        if (word.StartsWith("0x", StringComparison.Ordinal))
        {
            return ulong.TryParse(word.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out number);
        }
        if (word is ['\'', var letter, '\''])
        {
            number = letter;
            return true;
        }
        if (word.Length > 1 && word[0] == '0' && word.All(digit => digit is >= '0' and <= '7'))
        {
            number = Convert.ToUInt64(word, 8);
            return true;
        }
        if (ulong.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return true;
        }
        string[] parts = word.Split('|');
        if (!parts.All(Constants.ContainsKey))
        {
            return false;
        }
        number = parts.Aggregate(0u, (sum, part) => sum | Constants[part]);
        return true;
    }

    /// <summary>A number of bytes with K or M.</summary>
    public static int Size(string word)
    {
        int shift = word.EndsWith('M') ? 20 : word.EndsWith('K') ? 10 : 0;
        return TryNumber(word.TrimEnd('K', 'M'), out ulong number) ? (int)number << shift : throw new RecipeSyntaxException($"'{word}' is no size");
    }
}
