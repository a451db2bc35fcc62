using System.Globalization;
using System.Text;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Where a problem is and the figures that its message names. Only what the message asks for needs to be set.</summary>
public readonly record struct Place
{
    /// <summary>Inode number.</summary>
    public uint Inode { get; init; }

    /// <summary>Inode number of the directory that holds the entry.</summary>
    public uint Directory { get; init; }

    /// <summary>Name of the entry, or any other text.</summary>
    public ShownName Name { get; init; }

    /// <summary>Block of the volume.</summary>
    public long Block { get; init; }

    /// <summary>Block within the file or directory; -1, -2, -3: the single, double, triple indirect block.</summary>
    public long Index { get; init; }

    /// <summary>Block group.</summary>
    public long Group { get; init; }

    /// <summary>What is on disk.</summary>
    public long Found { get; init; }

    /// <summary>What it should be.</summary>
    public long Expected { get; init; }

    /// <summary>A name as a terminal may show it: control characters and bytes beyond ASCII that are not UTF-8 as ^X and \ooo.</summary>
    public static ShownName Show(ReadOnlySpan<byte> name)
    {
        byte[] bytes = name.ToArray();
        var text = new StringBuilder();
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(name, out Rune rune, out int used) == System.Buffers.OperationStatus.Done && !Rune.IsControl(rune))
            {
                _ = text.Append(rune.ToString());
            }
            else if (name[0] < 0x20)
            {
                used = 1;
                _ = text.Append('^').Append((char)(name[0] + 0x40));
            }
            else
            {
                used = 1;
                _ = text.Append('\\').Append(Convert.ToString(name[0], 8));
            }
            name = name[used..];
        }
        return new ShownName(text.ToString(), bytes);
    }

    /// <summary>Fills the fields of a message.</summary>
    public string Fill(string message)
    {
        var text = new StringBuilder(message);
        _ = text.Replace("{inode}", Inode.ToString(CultureInfo.InvariantCulture))
            .Replace("{directory}", Directory.ToString(CultureInfo.InvariantCulture))
            .Replace("{block}", Block.ToString(CultureInfo.InvariantCulture))
            .Replace("{index}", IndexText())
            .Replace("{group}", Group.ToString(CultureInfo.InvariantCulture))
            .Replace("{found}", Found.ToString(CultureInfo.InvariantCulture))
            .Replace("{expected}", Expected.ToString(CultureInfo.InvariantCulture))
            .Replace("{name}", Name);
        return text.ToString();
    }

    private string IndexText() => Index switch
    {
        -1 => "IND",
        -2 => "DIND",
        -3 => "TIND",
        _ => Index.ToString(CultureInfo.InvariantCulture),
    };
}
