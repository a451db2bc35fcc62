using System.Globalization;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Calls;

/// <summary>What a call answered.</summary>
/// <param name="Error">Its errno; None is success.</param>
/// <param name="Value">A count, an offset, a hash.</param>
/// <param name="Text">What does not fit into a number.</param>
internal readonly record struct Answer(Errno Error, long Value = 0, string Text = "")
{
    /// <summary>Reads the text form back.</summary>
    public static Answer Parse(string line)
    {
        string[] parts = line.Split(' ', 3);
        return new Answer((Errno)int.Parse(parts[0], CultureInfo.InvariantCulture), long.Parse(parts[1], CultureInfo.InvariantCulture), parts[2]);
    }

    /// <summary>A number that tells two contents apart.</summary>
    public static long Hash(ReadOnlySpan<byte> data)
    {
        ulong hash = 14695981039346656037;
        foreach (byte unit in data)
        {
            hash = (hash ^ unit) * 1099511628211;
        }

        return (long)hash;
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{(int)Error} {Value} {Text}");
}
