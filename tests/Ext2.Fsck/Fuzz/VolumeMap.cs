using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Where a sound volume keeps what: damage picks its places here, for it may itself destroy what tells them.</summary>
internal sealed class VolumeMap
{
    private readonly V image;

    public VolumeMap(V image, TreeManifest tree, V? previous = null)
    {
        this.image = image;
        Tree = tree;
        var reader = new ManifestReader(image);
        foreach (uint reserved in (uint[])[1, 7])
        {
            Special.Add(reader.ReadInode(reserved));
        }
        foreach (ManifestInode inode in tree.Inodes.Values)
        {
            Add(inode);
        }
        for (uint number = 1; number <= image.InodeCount && Free.Count < 40; number++)
        {
            if (number >= 11 && tree[number] is null)
            {
                Free.Add(number);
            }
        }
        AddGroups();
        AddChanges(previous);
    }

    public TreeManifest Tree { get; }

    /// <summary>Inodes in use, several times where there is few of a kind: each kind shall be hit.</summary>
    public List<ManifestInode> Inodes { get; } = [];

    /// <summary>The inodes of bad blocks and of resizing.</summary>
    public List<ManifestInode> Special { get; } = [];

    /// <summary>Inodes not in use.</summary>
    public List<uint> Free { get; } = [];

    /// <summary>Blocks of directories with their owner.</summary>
    public List<(ManifestInode Directory, uint Block)> DirectoryBlocks { get; } = [];

    /// <summary>Blocks that hold a node of an index; the root is the first block of its directory.</summary>
    public List<(ManifestInode Directory, uint Block, bool IsRoot)> IndexNodes { get; } = [];

    public List<(ManifestInode Inode, uint Block, int Level)> Indirect { get; } = [];

    /// <summary>Attribute blocks, those that are shared several times.</summary>
    public List<(ManifestInode Inode, uint Block)> AttributeBlocks { get; } = [];

    public List<uint> DataBlocks { get; } = [];

    /// <summary>Bitmaps, inode tables, superblocks and descriptors with their names.</summary>
    public List<(string What, uint Block)> Metadata { get; } = [];

    /// <summary>Bytes where backups of the superblock begin.</summary>
    public List<(uint Group, long At)> Superblocks { get; } = [];

    /// <summary>Blocks that the last changes wrote.</summary>
    public List<uint> Changed { get; } = [];

    private void Add(ManifestInode inode)
    {
        for (int copies = inode.IsRegular ? 1 : inode.IsDirectory ? 2 : 3; copies > 0; copies--)
        {
            Inodes.Add(inode);
        }
        foreach ((uint block, int level) in inode.Indirect)
        {
            Indirect.Add((inode, block, level));
        }
        if (inode.AttributeBlock != 0)
        {
            AttributeBlocks.Add((inode, inode.AttributeBlock));
        }
        if (!inode.IsDirectory)
        {
            DataBlocks.AddRange(inode.Blocks.Values);
            return;
        }
        DirectoryBlocks.AddRange(inode.Blocks.Values.Select(block => (inode, block)));
        if ((inode.Flags & 0x1000) != 0 && inode.Blocks.TryGetValue(0, out uint root))
        {
            IndexNodes.Add((inode, root, true));
            long at = image.At(root);
            int entries = image.U8(at + 30) == 0 ? 0 : image.U16(at + 34);
            for (int index = 0; index < entries; index++)
            {
                if (inode.Blocks.TryGetValue(image.U32(at + 36 + (8 * index)), out uint node))
                {
                    IndexNodes.Add((inode, node, false));
                }
            }
        }
    }

    private void AddGroups()
    {
        uint tableBlocks = (uint)(image.InodesPerGroup * image.InodeBytes / image.BlockBytes);
        for (uint group = 0; group < image.GroupCount; group++)
        {
            uint first = image.FirstDataBlock + (group * image.BlocksPerGroup);
            long super = group == 0 ? 1024 : image.At(first);
            if (image.U16(super + 56) == 0xEF53)
            {
                Superblocks.Add((group, super));
                Metadata.Add(($"superblock of group {group}", (uint)(super / image.BlockBytes)));
                Metadata.Add(($"descriptors of group {group}", first + 1));
            }
            Metadata.Add(($"block bitmap of group {group}", image.U32(image.Descriptor(group, 0))));
            Metadata.Add(($"inode bitmap of group {group}", image.U32(image.Descriptor(group, 4))));
            uint table = image.U32(image.Descriptor(group, 8));
            for (uint block = 0; block < tableBlocks; block++)
            {
                Metadata.Add(($"block {block} of inode table {group}", table + block));
            }
        }
    }

    private void AddChanges(V? previous)
    {
        for (uint block = 0; previous is not null && block < image.BlockCount; block++)
        {
            int at = (int)image.At(block), bytes = Math.Min(image.BlockBytes, image.Bytes.Length - at);
            if (!image.Bytes.AsSpan(at, bytes).SequenceEqual(previous.Bytes.AsSpan(at, bytes)))
            {
                Changed.Add(block);
            }
        }
    }
}
