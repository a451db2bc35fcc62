using System.Globalization;
using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>One step: plain data, so that a sequence can be printed, replayed and cut down.</summary>
internal sealed record Operation
{
    /// <summary>Its number in the sequence it was drawn in; the times it sets follow from it.</summary>
    public required int Number { get; init; }

    /// <summary>What it does.</summary>
    public required OperationKind Kind { get; init; }

    /// <summary>Path below the root, one character a byte.</summary>
    public string Path { get; init; } = "";

    /// <summary>Of rename and link: the new path.</summary>
    public string NewPath { get; init; } = "";

    /// <summary>Type and permission bits.</summary>
    public uint Mode { get; init; }

    /// <summary>Owner.</summary>
    public uint User { get; init; }

    /// <summary>Group.</summary>
    public uint Group { get; init; }

    /// <summary>Position or size in bytes.</summary>
    public long Offset { get; init; }

    /// <summary>Bytes to write, or how many names.</summary>
    public int Length { get; init; }

    /// <summary>Attribute's name or symlink's target.</summary>
    public string Text { get; init; } = "";

    /// <summary>Of rename.</summary>
    public RenameFlags Flags { get; init; }

    /// <summary>The bytes it writes: the same for the same operation.</summary>
    public byte[] Data
    {
        get
        {
            byte[] data = new byte[Length];
            for (int index = 0; index < data.Length; index++)
            {
                data[index] = (byte)(Number * 31 + index * 7 + (index >> 8));
            }

            return data;
        }
    }

    /// <summary>The time that everything it changes is given, so that two runs do not differ by their clocks.</summary>
    public Timestamp Time => new(1_000_000_000 + (Number * 1000L), (uint)(Number * 1_234_567 % 1_000_000_000));

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        CultureInfo plain = CultureInfo.InvariantCulture;
        text.Append(plain, $"{Number,4} {Kind} {Shown(Path)}");
        if (NewPath.Length > 0)
        {
            text.Append(" -> ").Append(Shown(NewPath)).Append(Flags == RenameFlags.None ? "" : $" {Flags}");
        }

        text.Append(Mode != 0 ? $" mode {Convert.ToString(Mode, 8)}" : "");
        text.Append(Kind == OperationKind.ChangeOwner ? $" {User}:{Group}" : "");
        text.Append(Offset != 0 ? $" at {Offset}" : "").Append(Length != 0 ? $" length {Length}" : "");
        return text.Append(Text.Length > 0 ? " " + Text : "").ToString();
    }

    private static string Shown(string path) => Ext2Union.Tests.Support.PathBytes.Escape(Encoding.Latin1.GetBytes(path));
}
