using System.Buffers.Binary;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// What a union leaves of copies on its top, made by stock tools from docs/FORMAT.md alone: records as debugfs stores attributes, holes as it punches them, the
/// index as a directory of hard links.
/// </summary>
internal static class CopiedTree
{
    /// <summary>The index entry of copies/linked, which has a name here and one below.</summary>
    public const string LinkedKey = "0001-0000000000000020";

    /// <summary>The index entry of copies/both, incomplete, with a name here and one below.</summary>
    public const string BothKey = "0001-0000000000000021";

    /// <summary>The index entry of a copy that has two names below and none here.</summary>
    public const string BelowKey = "0001-0000000000000022";

    public const string Index = ".ext2u-index";

    /// <summary>For a shell, in the tree that the volume is made from.</summary>
    public const string Tree =
        $"""
        mkdir -p copies {Index}; printf whole > copies/whole
        for f in owed both; do head -c 40000 /dev/zero | tr '\0' z > copies/$f; done
        printf linked > copies/linked; head -c 30000 /dev/zero | tr '\0' b > {Index}/{BelowKey}
        ln copies/linked {Index}/{LinkedKey}; ln copies/both {Index}/{BothKey}
        """;

    /// <summary>Commands for debugfs that make the files copies. Values go to files beside them.</summary>
    public static string Commands(ScratchDirectory scratch, bool isFull)
    {
        (string Path, string Name, byte[] Value)[] attributes =
        [
            ("copies", "copy", Record(0x10)),
            ("copies/whole", "copy", Record(0x11)),
            ("copies/owed", "copy", Record(0x12, flags: 2, remainder: 30000)),
            ("copies/linked", "copy", Record(0x20, flags: 1, lowerNames: 1)),
            ("copies/both", "copy", Record(0x21, flags: 3, lowerNames: 1, remainder: 40000)),
            ($"{Index}/{BelowKey}", "copy", Record(0x22, flags: 3, lowerNames: 2, remainder: 30000)),
            (".", "lowers", Lowers()),
        ];
        var commands = new List<string> { "punch copies/owed 5 20", "punch copies/both 0 9", $"punch {Index}/{BelowKey} 3 5" };
        foreach ((string path, string name, byte[] value) in attributes)
        {
            string file = scratch[$"value-{commands.Count}"];
            File.WriteAllBytes(file, value);
            commands.Add($"ea_set -f {file} {path} trusted.ext2u.{name}");
        }
        if (isFull)
        {
            // Leaves no room for another row of the table.
            commands.Add($"ea_set . user.fill {new string('f', 884)}");
        }
        return string.Join('\n', commands);
    }

    /// <summary>A record of layer 1.</summary>
    public static byte[] Record(ulong source, byte flags = 0, uint lowerNames = 0, long remainder = 0)
    {
        byte[] value = new byte[(flags & 2) != 0 ? 60 : 20];
        value[0] = 1;
        value[1] = flags;
        BinaryPrimitives.WriteUInt16LittleEndian(value.AsSpan(2), 1);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(4), 77);
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(8), source);
        BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(16), lowerNames);
        if ((flags & 2) != 0)
        {
            BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(20), remainder);
            BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(28), 50000);
            BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(36), 1_700_000_000);
            BinaryPrimitives.WriteInt64LittleEndian(value.AsSpan(44), 1_700_000_001);
        }
        return value;
    }

    // Row 1: an ext2 volume; row 3: a directory of the host.
    private static byte[] Lowers()
    {
        byte[] value = new byte[1 + 5 + 16 + 5 + 28];
        value[0] = 1;
        new byte[] { 1, 0, 1, 1, 16 }.CopyTo(value, 1);
        new Guid("2dbb7ef3-26c5-4ed4-a2a7-2e7ed9e5a5a3").TryWriteBytes(value.AsSpan(6), bigEndian: true, out _);
        new byte[] { 3, 0, 2, 0, 28 }.CopyTo(value, 22);
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(27), 4711);
        BinaryPrimitives.WriteUInt64LittleEndian(value.AsSpan(47), 0xEF53);
        return value;
    }
}
