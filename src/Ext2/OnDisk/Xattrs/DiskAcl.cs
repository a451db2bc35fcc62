using System.Buffers.Binary;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>
/// Access control lists as ext2 stores them (kernel fs/ext2/acl.h): version 1, and an id only with the entries that name someone. The rest of
/// the world speaks <see cref="PosixAcl"/>.
/// </summary>
public static class DiskAcl
{
    private const uint Version = 1;
    private const int HeaderBytes = 4;
    private const int ShortBytes = 4;
    private const int NamedBytes = 8;

    /// <summary>Bytes of the largest list.</summary>
    public const int MaximumBytes = HeaderBytes + PosixAcl.MaximumEntries * NamedBytes;

    /// <summary>Writes a sound list in the form of the disk; answers its length.</summary>
    public static int Write(ReadOnlySpan<byte> acl, Span<byte> disk)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(disk, Version);
        int at = HeaderBytes;
        for (int i = 0; i < PosixAcl.CountOf(acl); i++)
        {
            AclEntry entry = PosixAcl.EntryOf(acl, i);
            BinaryPrimitives.WriteUInt16LittleEndian(disk[at..], (ushort)entry.Tag);
            BinaryPrimitives.WriteUInt16LittleEndian(disk[(at + 2)..], entry.Permissions);
            at += ShortBytes;
            if (entry.IsNamed)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(disk[at..], entry.Id);
                at += NamedBytes - ShortBytes;
            }
        }

        return at;
    }

    /// <summary>
    /// Reads a list of the disk. <paramref name="length"/> is told also when the answer is ERANGE; an empty buffer asks for it alone.
    /// Errors: ERANGE; EUCLEAN for what is no list.
    /// </summary>
    public static Errno Read(ReadOnlySpan<byte> disk, Span<byte> acl, out int length)
    {
        length = 0;
        int count = CountOf(disk);
        if (count < 0)
        {
            return Errno.EUCLEAN;
        }

        length = PosixAcl.BytesOf(count);
        if (acl.Length < length)
        {
            return acl.IsEmpty ? Errno.None : Errno.ERANGE;
        }

        PosixAcl.SetHeader(acl);
        int at = HeaderBytes;
        for (int i = 0; i < count; i++)
        {
            AclTag tag = TagAt(disk, at);
            ushort permissions = BinaryPrimitives.ReadUInt16LittleEndian(disk[(at + 2)..]);
            bool isNamed = tag is AclTag.User or AclTag.Group;
            uint id = isNamed ? BinaryPrimitives.ReadUInt32LittleEndian(disk[(at + ShortBytes)..]) : AclEntry.NoId;
            PosixAcl.SetEntry(acl, i, new AclEntry(tag, permissions, id));
            at += isNamed ? NamedBytes : ShortBytes;
        }

        return Errno.None;
    }

    // Entries, or -1 when the bytes are no list.
    private static int CountOf(ReadOnlySpan<byte> disk)
    {
        if (disk.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(disk) != Version)
        {
            return -1;
        }

        int count = 0;
        int at = HeaderBytes;
        while (at < disk.Length)
        {
            if (disk.Length - at < ShortBytes)
            {
                return -1;
            }

            int bytes = TagAt(disk, at) switch
            {
                AclTag.User or AclTag.Group => NamedBytes,
                AclTag.Owner or AclTag.OwningGroup or AclTag.Mask or AclTag.Other => ShortBytes,
                _ => int.MaxValue,
            };
            if (bytes > disk.Length - at)
            {
                return -1;
            }

            at += bytes;
            count++;
        }

        return count;
    }

    private static AclTag TagAt(ReadOnlySpan<byte> disk, int at) => (AclTag)BinaryPrimitives.ReadUInt16LittleEndian(disk[at..]);
}
