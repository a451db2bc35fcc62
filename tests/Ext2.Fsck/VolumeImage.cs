using System.Buffers.Binary;
using System.Text;
using Ext2Union.BlockDevices;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// A small volume in memory, edited by named fields at the offsets of the format's description, apart from the code under test.
/// </summary>
internal sealed class VolumeImage
{
    public VolumeImage(byte[] bytes) => Bytes = bytes;

    public byte[] Bytes { get; private set; }

    public int BlockBytes => 1024 << (int)U32(1024 + 24);
    public uint BlockCount => U32(1024 + 4);
    public uint InodeCount => U32(1024);
    public uint FirstDataBlock => U32(1024 + 20);
    public uint BlocksPerGroup => U32(1024 + 32);
    public uint InodesPerGroup => U32(1024 + 40);
    public int InodeBytes => U32(1024 + 76) == 0 ? 128 : U16(1024 + 88);
    public uint GroupCount => (BlockCount - FirstDataBlock + BlocksPerGroup - 1) / BlocksPerGroup;

    public static VolumeImage Load(string path) => new(File.ReadAllBytes(path));

    public VolumeImage Clone() => new((byte[])Bytes.Clone());

    public void Save(string path) => File.WriteAllBytes(path, Bytes);

    public void Truncate(int bytes) => Bytes = Bytes[..bytes];

    public MemoryBlockDevice ToDevice()
    {
        var device = new MemoryBlockDevice(Bytes.Length, "test.img");
        Assert.Equal(Vfs.Errno.None, device.Write(0, Bytes));
        return device;
    }

    public static VolumeImage Of(MemoryBlockDevice device)
    {
        byte[] bytes = new byte[device.Length];
        Assert.Equal(Vfs.Errno.None, device.Read(0, bytes));
        return new VolumeImage(bytes);
    }

    public byte U8(long at) => Bytes[at];
    public ushort U16(long at) => BinaryPrimitives.ReadUInt16LittleEndian(Bytes.AsSpan((int)at));
    public uint U32(long at) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes.AsSpan((int)at));
    public void Set8(long at, byte value) => Bytes[at] = value;
    public void Set16(long at, uint value) => BinaryPrimitives.WriteUInt16LittleEndian(Bytes.AsSpan((int)at), (ushort)value);
    public void Set32(long at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Bytes.AsSpan((int)at), value);

    /// <summary>Byte of a field of the superblock.</summary>
    public static long Super(int field) => 1024 + field;

    /// <summary>Byte of a field of a group descriptor: 0 block bitmap, 4 inode bitmap, 8 table, 12, 14, 16 counts.</summary>
    public long Descriptor(uint group, int field) => ((FirstDataBlock + 1) * BlockBytes) + (group * 32) + field;

    /// <summary>Byte of a field of an inode.</summary>
    public long Inode(uint inode, int field)
    {
        uint group = (inode - 1) / InodesPerGroup;
        return ((long)U32(Descriptor(group, 8)) * BlockBytes) + ((inode - 1) % InodesPerGroup * InodeBytes) + field;
    }

    public const int Mode = 0, Size = 4, DeletionTime = 20, Links = 26, Blocks512 = 28, Flags = 32, Block = 40, FileAcl = 104, SizeHigh = 108, Fragment = 112;

    /// <summary>A pointer in i_block.</summary>
    public uint Pointer(uint inode, int slot) => U32(Inode(inode, Block + (slot * 4)));

    public void SetPointer(uint inode, int slot, uint block) => Set32(Inode(inode, Block + (slot * 4)), block);

    /// <summary>Byte where a block begins.</summary>
    public long At(uint block) => (long)block * BlockBytes;

    /// <summary>Byte of the record with this name in the direct blocks of a directory; fails when there is none.</summary>
    public long Entry(uint directory, string name) => Find(directory, name) ?? throw new KeyNotFoundException($"{name} in inode {directory}");

    public uint Lookup(string path)
    {
        uint inode = 2;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            inode = U32(Entry(inode, part));
        }
        return inode;
    }

    public bool Has(uint directory, string name) => Find(directory, name) is not null;

    /// <summary>Splits the room behind the last record of a directory's first block for one more.</summary>
    public long AddRecord(uint directory, string name, uint inode, byte type)
    {
        long block = At(Pointer(directory, 0));
        long at = block;
        while (at + U16(at + 4) < block + BlockBytes)
        {
            at += U16(at + 4);
        }
        int used = U32(at) == 0 && U8(at + 7) < 8 ? 0 : (8 + U8(at + 6) + 3) & ~3;
        long fresh = at + used;
        uint rest = (uint)(block + BlockBytes - fresh);
        Assert.True(rest >= 8 + name.Length);
        if (used > 0)
        {
            Set16(at + 4, (uint)used);
        }
        Set32(fresh, inode);
        Set16(fresh + 4, rest);
        Set8(fresh + 6, (byte)name.Length);
        Set8(fresh + 7, type);
        Encoding.Latin1.GetBytes(name).CopyTo(Bytes, fresh + 8);
        return fresh;
    }

    /// <summary>Frees a record where it lies, as the format has it for entries and marks alike.</summary>
    public void RemoveRecord(uint directory, string name)
    {
        long entry = Entry(directory, name);
        Set32(entry, 0);
        Set8(entry + 7, 0);
    }

    /// <summary>Changes the value of a trusted attribute, inside the inode or in its block; there its hash is made right again.</summary>
    public void EditAttribute(uint inode, string suffix, ValueEdit edit)
    {
        AttributePlace place = Locate(inode, "trusted." + suffix);
        Assert.NotEqual(0, place.Entry);
        edit(Bytes.AsSpan(place.Start, (int)U32(place.Entry + 8)));
        SettleHash(place);
    }

    /// <summary>Makes the hash of an attribute right after a change; there is none inside an inode.</summary>
    public void SettleHash(AttributePlace place)
    {
        if (place.IsInside)
        {
            return;
        }
        uint hash = 0;
        foreach (byte letter in Bytes.AsSpan((int)place.Entry + 16, U8(place.Entry)))
        {
            hash = uint.RotateLeft(hash, 5) ^ letter;
        }
        for (int at = place.Start; at < place.Start + (int)U32(place.Entry + 8); at += 4)
        {
            hash = uint.RotateLeft(hash, 16) ^ U32(at);
        }
        Set32(place.Entry + 12, hash);
    }

    /// <summary>Makes the stored hash of a trusted attribute a wrong one.</summary>
    public void DamageHash(uint inode, string suffix)
    {
        long entry = Locate(inode, "trusted." + suffix).Entry;
        Set32(entry + 12, U32(entry + 12) ^ 0x1000);
    }

    /// <summary>The value of a trusted attribute; null without it.</summary>
    public byte[]? AttributeOf(uint inode, string suffix)
    {
        AttributePlace place = Locate(inode, "trusted." + suffix);
        return place.Entry == 0 ? null : Bytes.AsSpan(place.Start, (int)U32(place.Entry + 8)).ToArray();
    }

    /// <summary>Changes the bytes of a value.</summary>
    public delegate void ValueEdit(Span<byte> value);

    /// <summary>Finds an attribute by its whole name.</summary>
    public AttributePlace Locate(uint inode, string name)
    {
        (byte space, string suffix) = AttributeName(name);
        long inside = InodeBytes > 128 ? Inode(inode, 128 + U16(Inode(inode, 128))) : 0;
        bool hasInside = inside != 0 && U32(inside) == 0xEA020000;
        long entry = hasInside ? FindAttribute(inside + 4, space, suffix) : 0;
        if (entry != 0)
        {
            return new AttributePlace(entry, (int)inside + 4 + U16(entry + 2), true);
        }
        long block = At(U32(Inode(inode, FileAcl)));
        entry = block == 0 ? 0 : FindAttribute(block + 32, space, suffix);
        return new AttributePlace(entry, entry == 0 ? 0 : (int)block + U16(entry + 2), false);
    }

    private static (byte Space, string Suffix) AttributeName(string name) => name switch
    {
        "system.posix_acl_access" => (2, ""),
        "system.posix_acl_default" => (3, ""),
        _ when name.StartsWith("user.", StringComparison.Ordinal) => (1, name[5..]),
        _ when name.StartsWith("trusted.", StringComparison.Ordinal) => (4, name[8..]),
        _ when name.StartsWith("security.", StringComparison.Ordinal) => (6, name[9..]),
        _ => throw new KeyNotFoundException($"no attribute can be called {name}"),
    };

    // An entry: length and namespace of the name, place and length of the value, hash, name.
    private long FindAttribute(long at, byte space, string suffix)
    {
        for (; U32(at) != 0; at += 16 + ((U8(at) + 3) & ~3))
        {
            if (U8(at + 1) == space && Encoding.ASCII.GetString(Bytes, (int)at + 16, U8(at)) == suffix)
            {
                return at;
            }
        }
        return 0;
    }

    public void SetName(long entry, string name)
    {
        Set8(entry + 6, (byte)name.Length);
        Encoding.Latin1.GetBytes(name).CopyTo(Bytes, entry + 8);
    }

    private long? Find(uint directory, string name)
    {
        for (int slot = 0; slot < 12; slot++)
        {
            uint number = Pointer(directory, slot);
            if (number == 0)
            {
                continue;
            }
            long end = At(number) + BlockBytes;
            for (long at = At(number); at < end; at += Math.Max(8, (int)U16(at + 4)))
            {
                bool isUsed = U32(at) != 0 || U8(at + 7) is 8 or 9;
                if (isUsed && U8(at + 6) == name.Length && Encoding.Latin1.GetString(Bytes, (int)at + 8, name.Length) == name)
                {
                    return at;
                }
            }
        }
        return null;
    }
}
