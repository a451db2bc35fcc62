using System.Buffers.Binary;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Directories;

/// <summary>Takes the answer of getdents64(2) apart: <c>struct linux_dirent64</c>, one record after the other.</summary>
public ref struct EntryReader(ReadOnlySpan<byte> records)
{
    private const int LengthOffset = 16;
    private const int KindOffset = 18;
    private const int NameOffset = 19;

    private ReadOnlySpan<byte> rest = records;

    /// <summary>The name, without the zero.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }
    /// <summary>The inode number; of a mount point that of the directory below.</summary>
    public ulong Inode { get; private set; }
    /// <summary>Continues behind this entry.</summary>
    public long NextCookie { get; private set; }
    /// <summary>What it is, or Unknown where the file system does not say.</summary>
    public InodeKind Kind { get; private set; }

    /// <summary>Goes to the next record; false at the end. "." and ".." are passed over.</summary>
    public bool MoveNext()
    {
        while (rest.Length > NameOffset)
        {
            ReadOnlySpan<byte> record = rest[..BinaryPrimitives.ReadUInt16LittleEndian(rest[LengthOffset..])];
            rest = rest[record.Length..];
            Inode = BinaryPrimitives.ReadUInt64LittleEndian(record);
            NextCookie = BinaryPrimitives.ReadInt64LittleEndian(record[8..]);
            Kind = (InodeKind)record[KindOffset];
            Name = record[NameOffset..];
            Name = Name[..Name.IndexOf((byte)0)];
            if (!Name.SequenceEqual("."u8) && !Name.SequenceEqual(".."u8))
            {
                return true;
            }
        }

        return false;
    }
}
