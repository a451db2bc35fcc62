using System.Buffers.Binary;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>
/// Access control lists as short text: <c>u::rw-,u:1000:r--,g::r--,m::r--,o::---</c>, in the order the kernel keeps. Taken to bytes and
/// back here, apart from the sources under test.
/// </summary>
internal static class AclText
{
    public const string AccessName = "system.posix_acl_access";
    public const string DefaultName = "system.posix_acl_default";
    private const uint NoId = 0xFFFFFFFF;

    // ACL_USER_OBJ 1, ACL_USER 2, ACL_GROUP_OBJ 4, ACL_GROUP 8, ACL_MASK 16, ACL_OTHER 32.
    private static readonly (ushort Tag, char Letter, bool Named)[] Tags = [(1, 'u', false), (2, 'u', true), (4, 'g', false), (8, 'g', true), (16, 'm', false), (32, 'o', false)];

    public static byte[] ToBytes(string text)
    {
        string[] entries = text.Split(',', StringSplitOptions.RemoveEmptyEntries);
        byte[] bytes = new byte[4 + (8 * entries.Length)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, 2);
        for (int i = 0; i < entries.Length; i++)
        {
            string[] parts = entries[i].Split(':');
            Span<byte> entry = bytes.AsSpan(4 + (8 * i));
            (ushort tag, _, bool named) = Tags.First(known => known.Letter == parts[0][0] && known.Named == (parts[1].Length > 0));
            BinaryPrimitives.WriteUInt16LittleEndian(entry, tag);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[2..], (ushort)((parts[2][0] == 'r' ? 4 : 0) | (parts[2][1] == 'w' ? 2 : 0) | (parts[2][2] == 'x' ? 1 : 0)));
            BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], named ? uint.Parse(parts[1]) : NoId);
        }

        return bytes;
    }

    public static string FromBytes(ReadOnlySpan<byte> bytes)
    {
        var entries = new List<string>();
        for (int at = 4; at + 8 <= bytes.Length; at += 8)
        {
            ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]), rights = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 2)..]);
            (_, char letter, bool named) = Tags.First(known => known.Tag == tag);
            string id = named ? $"{BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..])}" : "";
            entries.Add($"{letter}:{id}:{((rights & 4) != 0 ? 'r' : '-')}{((rights & 2) != 0 ? 'w' : '-')}{((rights & 1) != 0 ? 'x' : '-')}");
        }

        return string.Join(',', entries);
    }
}
