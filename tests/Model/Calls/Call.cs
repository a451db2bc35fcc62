using System.Globalization;
using System.Text;

namespace Ext2Union.Model.Tests.Calls;

/// <summary>
/// One call of one process. Its text form is what is printed, what can be replayed, and what a worker reads. Paths are relative to the mount, "%2/a" to
/// the directory open in slot 2; "{255}" stands for a name of that many letters.
/// </summary>
internal sealed record Call(CallKind Kind)
{
    /// <summary>Which process calls.</summary>
    public int Process { get; init; }

    /// <summary>The path, or the first of two.</summary>
    public string Path { get; init; } = "";

    /// <summary>The second path.</summary>
    public string To { get; init; } = "";

    /// <summary>The place of a descriptor.</summary>
    public int Slot { get; init; }

    /// <summary>The place of a second descriptor.</summary>
    public int Slot2 { get; init; }

    /// <summary>First number: flags, a mode, an offset, a length, as the call has it.</summary>
    public long A { get; init; }

    /// <summary>Second number.</summary>
    public long B { get; init; }

    /// <summary>Third number.</summary>
    public long C { get; init; }

    /// <summary>A link's target, an attribute's name, or name=value.</summary>
    public string Text { get; init; } = "";

    /// <summary>A path as the system gets it.</summary>
    public static string Expand(string path)
    {
        while (path.IndexOf('{') is int start and >= 0)
        {
            int end = path.IndexOf('}', start);
            path = path[..start] + new string('n', int.Parse(path.AsSpan(start + 1, end - start - 1), CultureInfo.InvariantCulture)) + path[(end + 1)..];
        }

        return path;
    }

    /// <summary>Bytes that a write with this tag writes; they differ from offset to offset and from tag to tag, and are never zero.</summary>
    public static byte[] Data(long tag, long length)
    {
        byte[] data = new byte[length];
        for (int index = 0; index < data.Length; index++)
        {
            data[index] = (byte)(1 + (((tag * 41) + (index * 7) + (index >> 8)) % 255));
        }

        return data;
    }

    /// <summary>Reads the text form back.</summary>
    public static Call Parse(string line)
    {
        string[] parts = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var call = new Call(Enum.Parse<CallKind>(parts[1])) { Process = int.Parse(parts[0], CultureInfo.InvariantCulture) };
        foreach (string part in parts[2..])
        {
            (string key, string value) = (part[..part.IndexOf('=')], part[(part.IndexOf('=') + 1)..]);
            call = key switch
            {
                "path" => call with { Path = value },
                "to" => call with { To = value },
                "slot" => call with { Slot = (int)Number(value) },
                "slot2" => call with { Slot2 = (int)Number(value) },
                "a" => call with { A = Number(value) },
                "b" => call with { B = Number(value) },
                "c" => call with { C = Number(value) },
                "text" => call with { Text = value },
                _ => throw new FormatException($"'{line}' has no meaning for {key}="),
            };
        }

        return call;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder($"{Process} {Kind}");
        Add("path", Path);
        Add("to", To);
        Add("slot", Kind.ToString().EndsWith("Slot", StringComparison.Ordinal) || Slot != 0 ? $"{Slot}" : "");
        Add("slot2", Slot2 != 0 ? $"{Slot2}" : "");
        Add("a", Kind is CallKind.Open or CallKind.SetFlags or CallKind.SetFlagsSlot ? $"0x{A:x}" : A != 0 ? $"{A}" : "");
        Add("b", B != 0 ? $"{B}" : "");
        Add("c", C != 0 ? $"{C}" : "");
        Add("text", Text);
        return text.ToString();

        void Add(string key, string value) => _ = value.Length > 0 ? text.Append(CultureInfo.InvariantCulture, $" {key}={value}") : text;
    }

    private static long Number(string value) => value.StartsWith("0x", StringComparison.Ordinal)
        ? long.Parse(value.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : long.Parse(value, CultureInfo.InvariantCulture);
}
