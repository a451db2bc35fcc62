using System.Globalization;
using System.Security.Cryptography;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>How the things of one process must be after a storm, as lines of words.</summary>
internal sealed class StormJournal(
    int process, IReadOnlyList<OwnFile> files, IReadOnlyList<OwnDirectory> directories, SharedThings shared, Dictionary<string, byte[]> guests)
{
    /// <summary>What a journal says of content.</summary>
    public static string HashOf(ReadOnlySpan<byte> content) => Convert.ToHexString(SHA256.HashData(content), 0, 8);

    /// <summary>What a journal says of a file.</summary>
    public static string Describe(uint mode, string owner, ReadOnlySpan<byte> content, int links) =>
        string.Create(CultureInfo.InvariantCulture, $"{Convert.ToString(mode, 8)} {owner} {content.Length} {HashOf(content)} {links}");

    public void Write(string path)
    {
        CultureInfo plain = CultureInfo.InvariantCulture;
        var lines = new List<string>();
        foreach (OwnFile file in files)
        {
            string description = Describe(file.Mode, file.Owner, file.Content, file.Names.Count);
            lines.AddRange(file.Names.Select(name => string.Create(plain, $"file\t{name}\t{file.Inode}\t{description}")));
        }

        foreach (OwnDirectory directory in directories)
        {
            lines.Add(string.Create(plain, $"directory\t{directory.Path}\t{directory.Inode}"));
            lines.AddRange(directory.Children.Select(child => $"child\t{directory.Path}/{child.Key}\t{HashOf(child.Value)}"));
        }

        lines.AddRange(guests.Select(guest => $"guest\t{guest.Key}\t{HashOf(guest.Value)}"));
        lines.AddRange(shared.Appended.Select((count, log) => string.Create(plain, $"appended\t{log}\t{process}\t{count}")));
        lines.AddRange(shared.Counted.Select((count, counter) => string.Create(plain, $"counted\t{counter}\t{count}")));
        lines.AddRange(shared.Won.Select((count, contest) => string.Create(plain, $"won\t{contest}\t{count}")));
        lines.AddRange(shared.Written.Select(slot => string.Create(plain, $"slot\t{slot.Key}\t{slot.Value}")));
        File.WriteAllLines(path, lines);
    }
}
