using System.Buffers.Binary;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Tells directories of which nothing needs to be said: no holes, sound chains, entries alone (no marks) that lead to inodes in use of the kind they say, no name twice, an index
/// that agrees. It says nothing, repairs nothing and changes no facts; all others go through the checks that do. So it may be stricter than those, never laxer.
/// </summary>
internal sealed class SoundDirectories
{
    private const int ReadBytes = 1 << 16;
    private const uint DotName = '.';
    private const uint DotDotName = '.' | ('.' << 8);
    private const ushort NoType = 0x100;

    private readonly CheckedVolume volume;
    private readonly InodeFacts facts;
    private readonly BlockTree tree;
    private readonly IndexCheck index;
    private readonly NameTags tags = new();
    private readonly byte[] buffer;
    // What an entry of a kind carries. A kind that none leads to has a number that no byte has.
    private readonly ushort[] types = new ushort[16];
    private readonly byte directoryType;
    private readonly uint[] single = new uint[1];
    private readonly List<uint> children = [];
    private uint[] targets = new uint[512];


    public SoundDirectories(CheckedVolume volume, InodeFacts facts)
    {
        this.volume = volume;
        this.facts = facts;
        tree = new BlockTree(volume);
        index = new IndexCheck(volume);
        buffer = new byte[Math.Max(ReadBytes, volume.BlockBytes) + NameTags.Padding];
        for (int kind = 0; kind < types.Length; kind++)
        {
            byte type = (byte)DirectoryEntryTypes.Of((InodeKind)kind);
            types[kind] = type == 0 ? NoType : volume.HasFileType ? type : (ushort)0;
        }
        directoryType = (byte)types[(int)InodeKind.Directory];
    }

    /// <summary>What ".." of the directory looked at last says.</summary>
    public uint DotDot { get; private set; }

    /// <summary>Inodes that the entries of the directory looked at last lead to, without the dots.</summary>
    public ReadOnlySpan<uint> Targets => targets.AsSpan(0, tags.Count);

    /// <summary>Those of them that are directories.</summary>
    public List<uint> Children => children;

    /// <summary>Looks at a directory. False: it needs a closer look.</summary>
    public bool IsSound(in DirectoryFacts record)
    {
        tags.Begin();
        children.Clear();
        uint[] blocks = BlocksOf(record);
        if (record.Indexed)
        {
            index.Begin(blocks);
        }
        int most = ReadBytes >> volume.Geometry.BlockBits;
        for (int at = 0; at < blocks.Length;)
        {
            int count = RunOf(blocks, at, Math.Max(most, 1));
            Span<byte> bytes = buffer.AsSpan(0, count << volume.Geometry.BlockBits);
            if (blocks[at] == 0)
            {
                return false;
            }
            volume.Store.Read(blocks[at], bytes);
            for (int i = 0; i < count; i++, at++)
            {
                int start = i << volume.Geometry.BlockBits;
                if (!IsBlockSound(record, at, buffer.AsSpan(start, volume.BlockBytes + NameTags.Padding)))
                {
                    return false;
                }
            }
        }
        return !(record.Indexed && index.Fault is not null) && !tags.MayRepeat();
    }

    private uint[] BlocksOf(in DirectoryFacts record)
    {
        if (!record.IsRun || facts.HasMovedBlocks)
        {
            return DirectoryBlockList.Read(volume, tree, record.Inode, record.BlockCount);
        }
        uint[] blocks = record.BlockCount == 1 ? single : new uint[record.BlockCount];
        for (uint i = 0; i < blocks.Length; i++)
        {
            blocks[i] = record.FirstBlock + i;
        }
        return blocks;
    }

    private static int RunOf(uint[] blocks, int at, int most)
    {
        int count = 1;
        while (count < most && at + count < blocks.Length && blocks[at + count] == blocks[at] + (uint)count)
        {
            count++;
        }
        return count;
    }

    // The span is longer than the block, for names that end with it.
    private bool IsBlockSound(in DirectoryFacts record, int at, ReadOnlySpan<byte> bytes)
    {
        int size = volume.BlockBytes;
        int offset = 0;
        if (at == 0 && !AreDotsSound(record.Inode, bytes, out offset))
        {
            return false;
        }
        while (offset < size)
        {
            ulong header = BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
            int length = RecordLength.Decode((ushort)(header >> 32), size);
            int nameLength = (byte)(header >> 48);
            if (!IsLengthSound(length, nameLength, size - offset) || !IsEntrySound(header, bytes[(offset + RecordLength.HeaderBytes)..], nameLength))
            {
                return false;
            }
            if (record.Indexed && (uint)header != 0)
            {
                index.Meet((uint)at, bytes.Slice(offset + RecordLength.HeaderBytes, nameLength));
            }
            offset += length;
        }
        return true;
    }

    private static bool IsLengthSound(int length, int nameLength, int rest) =>
        length >= RecordLength.Minimum && length % RecordLength.Alignment == 0 && RecordLength.HeaderBytes + nameLength <= length
        && (length == rest || length <= rest - RecordLength.Minimum);

    private bool IsEntrySound(ulong header, ReadOnlySpan<byte> name, int nameLength)
    {
        uint inode = (uint)header;
        byte type = (byte)(header >> 56);
        if (inode == 0)
        {
            // Marks are looked at closely.
            return type <= (byte)DirectoryEntryType.Symlink;
        }
        byte kind = (byte)facts.Inodes.KindOf(inode);
        bool isDots = name[0] == '.' && (nameLength == 1 || (nameLength == 2 && name[1] == '.'));
        if (inode < volume.FirstInode || types[kind & 15] != type || nameLength == 0 || isDots || !tags.TryAdd(name, nameLength))
        {
            return false;
        }
        if (tags.Count > targets.Length)
        {
            Array.Resize(ref targets, targets.Length * 2);
        }
        targets[tags.Count - 1] = inode;
        if (kind == (byte)InodeKind.Directory)
        {
            children.Add(inode);
        }
        return true;
    }

    private bool AreDotsSound(uint directory, ReadOnlySpan<byte> bytes, out int end)
    {
        ulong dot = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        ulong dots = BinaryPrimitives.ReadUInt64LittleEndian(bytes[RecordLength.Minimum..]);
        int length = RecordLength.Decode((ushort)(dots >> 32), volume.BlockBytes);
        end = RecordLength.Minimum + length;
        DotDot = (uint)dots;
        return dot == (directory | ((ulong)RecordLength.Minimum << 32) | (1UL << 48) | ((ulong)directoryType << 56))
            && DotDot != 0 && dots >> 48 == (2u | ((uint)directoryType << 8))
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[RecordLength.HeaderBytes..]) == DotName
            && BinaryPrimitives.ReadUInt32LittleEndian(bytes[(RecordLength.Minimum + RecordLength.HeaderBytes)..]) == DotDotName
            && IsLengthSound(length, 2, volume.BlockBytes - RecordLength.Minimum);
    }
}
