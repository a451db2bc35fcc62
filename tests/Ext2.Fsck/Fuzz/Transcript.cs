using System.Text.RegularExpressions;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>What a check said, and which of its lines may explain a difference.</summary>
internal sealed partial class Transcript : Interaction
{
    private readonly List<string> lines = [];

    public override void Line(string text) => lines.Add(text);

    public override Answer Ask(string text) => Answer.Yes;

    public override string ToString() => string.Join('\n', lines);

    /// <summary>The first lines that name an inode, without their numbers.</summary>
    public string About(uint inode)
    {
        var number = new Regex($@"[ '#]{inode}\b");
        string[] found = [.. lines.Where(line => number.IsMatch(line)).Select(WithoutNumbers).Distinct().Take(2)];
        return found.Length == 0 ? "nothing said of it" : string.Join(" | ", found);
    }

    /// <summary>A line as the kind of line that it is: numbers and names are left out.</summary>
    public static string WithoutNumbers(string line) => Digits().Replace(Quoted().Replace(line, "'X'"), "N");

    [GeneratedRegex("-?(0x)?[0-9]+[0-9a-f]*")]
    private static partial Regex Digits();

    [GeneratedRegex(@"'[^']*'|\(/[^)]*\)")]
    private static partial Regex Quoted();
}
