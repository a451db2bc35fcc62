using System.Text;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// Reads a sound volume without any of the code under test. Where the volume is not sound after all it reads less, but neither fails nor loops.
/// </summary>
internal sealed class ManifestReader(V image)
{
    private const int MostBlocks = 1 << 17;

    private readonly SortedDictionary<uint, ManifestInode> inodes = [];
    private readonly List<TreeName> marks = [];
    private readonly int blockBytes = image.BlockBytes;
    private readonly int numbersInBlock = image.BlockBytes / 4;

    public TreeManifest Read()
    {
        var open = new Queue<ManifestInode>();
        open.Enqueue(Add(2));
        while (open.TryDequeue(out ManifestInode? directory))
        {
            foreach (TreeName name in NamesIn(directory))
            {
                if (name.IsMark)
                {
                    marks.Add(name);
                    continue;
                }
                if (name.Inode > image.InodeCount || name.Name is "." or "..")
                {
                    continue;
                }
                bool isNew = !inodes.TryGetValue(name.Inode, out ManifestInode? inode);
                inode ??= Add(name.Inode);
                inode.Names.Add(name);
                if (isNew && inode.IsDirectory)
                {
                    open.Enqueue(inode);
                }
            }
        }
        return new TreeManifest(image, inodes, marks);
    }

    /// <summary>One inode, reachable or not, with its blocks and attributes.</summary>
    public ManifestInode ReadInode(uint number)
    {
        long at = image.Inode(number, 0);
        int mode = image.U16(at);
        int extraBytes = image.InodeBytes > 128 ? Math.Min((int)image.U16(at + 128), image.InodeBytes - 128) : 0;
        var inode = new ManifestInode(number)
        {
            Mode = mode,
            Owner = image.U16(at + 2) | ((uint)image.U16(at + 120) << 16),
            Group = image.U16(at + 24) | ((uint)image.U16(at + 122) << 16),
            Size = image.U32(at + V.Size) | (mode >> 12 == 8 ? (ulong)image.U32(at + V.SizeHigh) << 32 : 0),
            Links = image.U16(at + V.Links),
            Flags = image.U32(at + V.Flags),
            Generation = image.U32(at + 100),
            Times = [image.U32(at + 8), image.U32(at + 12), image.U32(at + 16)],
            ExtraTimes = extraBytes > 4 ? Convert.ToHexString(image.Bytes, (int)at + 132, extraBytes - 4) : "",
            AttributeBlock = image.U32(at + V.FileAcl),
        };
        ReadContent(inode, at);
        ReadAttributes(inode, at, extraBytes);
        return inode;
    }

    /// <summary>Records in use of a directory, marks included, in the order of its blocks.</summary>
    public IEnumerable<TreeName> NamesIn(ManifestInode directory)
    {
        foreach (uint block in directory.Blocks.Values)
        {
            long end = image.At(block) + blockBytes;
            for (long at = image.At(block); at + 8 <= end;)
            {
                int length = image.U16(at + 4), name = image.U8(at + 6);
                if (length < 8 || at + length > end)
                {
                    break;
                }
                uint inode = image.U32(at);
                byte type = image.U8(at + 7);
                if (8 + name <= length && (inode != 0 || (type is 8 or 9 && name > 0)))
                {
                    yield return new TreeName(directory.Number, Encoding.Latin1.GetString(image.Bytes, (int)at + 8, name), inode, type);
                }
                at += length;
            }
        }
    }

    private ManifestInode Add(uint number) => inodes[number] = ReadInode(number);

    private void ReadContent(ManifestInode inode, long at)
    {
        if (inode.Kind is 2 or 6)
        {
            inode.Target = $"{image.U32(at + V.Block):x}/{image.U32(at + V.Block + 4):x}";
            return;
        }
        uint attributeSectors = inode.AttributeBlock == 0 ? 0 : (uint)blockBytes / 512;
        if (inode.IsSymlink && image.U32(at + V.Blocks512) <= attributeSectors)
        {
            inode.Target = Encoding.Latin1.GetString(image.Bytes, (int)at + V.Block, (int)Math.Min(inode.Size, 60));
            return;
        }
        if (inode.Kind is not (4 or 8 or 10))
        {
            return;
        }
        ulong limit = (inode.Size + (uint)blockBytes - 1) / (uint)blockBytes;
        for (uint slot = 0; slot < 12; slot++)
        {
            Take(inode, slot, image.U32(at + V.Block + (slot * 4)), 0, limit);
        }
        ulong first = 12, span = (ulong)numbersInBlock;
        for (int level = 1; level <= 3; level++, first += span, span *= (ulong)numbersInBlock)
        {
            Take(inode, first, image.U32(at + V.Block + 44 + (4 * level)), level, limit);
        }
        if (inode.IsSymlink && inode.Blocks.TryGetValue(0, out uint target))
        {
            inode.Target = Encoding.Latin1.GetString(image.Bytes, (int)image.At(target), (int)Math.Min(inode.Size, (ulong)blockBytes));
        }
    }

    private void Take(ManifestInode inode, ulong first, uint block, int level, ulong limit)
    {
        if (block == 0 || block >= image.BlockCount || first >= limit || inode.Blocks.Count > MostBlocks)
        {
            return;
        }
        if (level == 0)
        {
            inode.Blocks[(uint)first] = block;
            return;
        }
        inode.Indirect.Add((block, level));
        ulong span = 1;
        for (int below = 1; below < level; below++)
        {
            span *= (ulong)numbersInBlock;
        }
        for (int index = 0; index < numbersInBlock; index++)
        {
            Take(inode, first + ((ulong)index * span), image.U32(image.At(block) + (index * 4)), level - 1, limit);
        }
    }

    private void ReadAttributes(ManifestInode inode, long at, int extraBytes)
    {
        long inside = at + 128 + extraBytes;
        if (image.InodeBytes > 128 && extraBytes >= 4 && extraBytes + 8 <= image.InodeBytes - 128 && image.U32(inside) == 0xEA020000)
        {
            ReadEntries(inode, inside + 4, inside + 4, at + image.InodeBytes);
        }
        if (inode.AttributeBlock != 0 && inode.AttributeBlock < image.BlockCount)
        {
            long block = image.At(inode.AttributeBlock);
            if (image.U32(block) == 0xEA020000)
            {
                ReadEntries(inode, block + 32, block, block + blockBytes);
            }
        }
    }

    private void ReadEntries(ManifestInode inode, long entry, long origin, long end)
    {
        while (entry + 16 <= end && image.U32(entry) != 0)
        {
            int length = image.U8(entry);
            long start = origin + image.U16(entry + 2), bytes = image.U32(entry + 8);
            if (entry + 16 + length > end || start + bytes > end)
            {
                return;
            }
            string name = $"{image.U8(entry + 1)}:{Encoding.Latin1.GetString(image.Bytes, (int)entry + 16, length)}";
            inode.Attributes[name] = Convert.ToHexString(image.Bytes, (int)start, (int)bytes);
            entry += 16 + ((length + 3) & ~3);
        }
    }
}
