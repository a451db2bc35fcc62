using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// What a volume holds from the start: the root, lost+found with room for what a check finds (so that it need not allocate then), the reserved inodes,
/// and the resize inode.
/// </summary>
internal sealed class InitialTree
{
    private const int LostFoundBytes = 16 << 10;
    private const int DirectBlocks = 12;
    private const int DoubleIndirectIndex = 13;

    private readonly FormatPlan plan;
    private readonly Geometry geometry;
    private readonly BlockNumber[] blocks;
    private readonly BlockNumber[] ascending;
    private readonly int lostFoundBlocks;

    private InitialTree(FormatPlan plan, BlockNumber[] blocks, int lostFoundBlocks)
    {
        this.plan = plan;
        geometry = plan.Geometry;
        this.blocks = blocks;
        ascending = [.. blocks.OrderBy(block => block.Value)];
        this.lostFoundBlocks = lostFoundBlocks;
        HasResizeInode = ((CompatFeatures)(uint)plan.Superblock.Compat & CompatFeatures.ResizeInode) != 0;
        Resize = new ResizeInode(geometry);
    }

    /// <summary>lost+found, the first inode for users.</summary>
    public static InodeNumber LostFound => InodeNumber.FirstOfRevisionZero;

    /// <summary>The resize inode's blocks.</summary>
    public ResizeInode Resize { get; }

    /// <summary>Whether there is a resize inode.</summary>
    public bool HasResizeInode { get; }

    /// <summary>The data blocks in use, ascending.</summary>
    public ReadOnlySpan<BlockNumber> Blocks => ascending;

    /// <summary>The block with this index: the root's, those of lost+found, the resize inode's.</summary>
    public BlockNumber BlockAt(int index) => blocks[index];

    /// <summary>
    /// Finds free blocks for it: those of an object are the first ones from its inode's group on, as mke2fs takes them. Null when there are not enough.
    /// </summary>
    public static InitialTree? Place(FormatPlan plan, Func<uint, GroupLayout> layoutOf)
    {
        Geometry geometry = plan.Geometry;
        int lostFoundBlocks = Math.Min(Math.Max(LostFoundBytes / geometry.BlockBytes, 2), DirectBlocks);
        bool hasResize = ((CompatFeatures)(uint)plan.Superblock.Compat & CompatFeatures.ResizeInode) != 0;
        var blocks = new List<BlockNumber>();
        bool isPlaced = TryTake(plan, layoutOf, InodeNumber.Root, 1, blocks)
            && TryTake(plan, layoutOf, LostFound, lostFoundBlocks, blocks)
            && (!hasResize || TryTake(plan, layoutOf, InodeNumber.Resize, 1, blocks));
        return isPlaced ? new InitialTree(plan, [.. blocks], lostFoundBlocks) : null;
    }

    private static bool TryTake(FormatPlan plan, Func<uint, GroupLayout> layoutOf, InodeNumber owner, int count, List<BlockNumber> taken)
    {
        Geometry geometry = plan.Geometry;
        int wanted = taken.Count + count;
        uint first = geometry.GroupOf(owner);
        byte[] bytes = new byte[geometry.BlockBytes];
        for (uint step = 0; step < geometry.GroupCount && taken.Count < wanted; step++)
        {
            uint group = (first + step) % geometry.GroupCount;
            Array.Clear(bytes);
            int size = geometry.BlocksIn(group);
            var bitmap = new Bitmap(bytes, size);
            layoutOf(group).MarkUsed(geometry, bitmap);
            foreach (BlockNumber block in taken.Where(block => geometry.GroupOf(block) == group))
            {
                bitmap[geometry.IndexInGroup(block)] = true;
            }

            int index = bitmap.FirstClear(0, size);
            while (index >= 0 && taken.Count < wanted)
            {
                taken.Add(geometry.FirstBlockOf(group) + (uint)index);
                index = bitmap.FirstClear(index + 1, size);
            }
        }

        return taken.Count == wanted;
    }

    /// <summary>Whether an inode is in use.</summary>
    public static bool IsUsed(InodeNumber inode) => inode.Value <= LostFound.Value;

    /// <summary>Directories among the inodes of a group.</summary>
    public int DirectoriesIn(uint group) =>
        (geometry.GroupOf(InodeNumber.Root) == group ? 1 : 0) + (geometry.GroupOf(LostFound) == group ? 1 : 0);

    /// <summary>Inodes in use in a group.</summary>
    public int UsedInodesIn(uint group) =>
        (int)Math.Clamp((long)LostFound.Value - ((long)group * geometry.InodesPerGroup), 0, geometry.InodesPerGroup);

    /// <summary>Fills the content of a block, by the index of <see cref="BlockAt"/>.</summary>
    public void FillBlock(int index, Span<byte> block)
    {
        block.Clear();
        if (index > lostFoundBlocks)
        {
            Resize.FillDoubleIndirect(block);
            return;
        }

        bool hasFileType = ((IncompatFeatures)(uint)plan.Superblock.Incompat & IncompatFeatures.FileType) != 0;
        DirectoryBlock directory = DirectoryBlock.Format(block, hasFileType);
        if (index > 1)
        {
            return;
        }

        InodeNumber self = index == 0 ? InodeNumber.Root : LostFound;
        int place = directory.Append(0, "."u8, self, DirectoryEntryType.Directory);
        place = directory.Append(place, ".."u8, InodeNumber.Root, DirectoryEntryType.Directory);
        if (index == 0)
        {
            _ = directory.Append(place, "lost+found"u8, LostFound, DirectoryEntryType.Directory);
        }
    }

    /// <summary>Fills an inode, all bytes of it.</summary>
    public void FillInode(InodeNumber number, Span<byte> bytes)
    {
        var inode = new InodeView(bytes);
        bytes.Clear();
        if (number == InodeNumber.Root)
        {
            FillDirectory(inode, 0x1ED, 3, blocks.AsSpan(0, 1));
            inode.UserId = plan.Options.RootUserId;
            inode.GroupId = plan.Options.RootGroupId;
        }
        else if (number == LostFound)
        {
            FillDirectory(inode, 0x1C0, 2, blocks.AsSpan(1, lostFoundBlocks));
        }
        else if (number == InodeNumber.Resize && HasResizeInode)
        {
            inode.Initialize();
            inode.Raw.Mode = (ushort)ModeBits.Of(InodeKind.File, 0x180);
            inode.Raw.LinksCount = 1;
            inode.Size = ResizeInode.SizeFor(geometry.BlockBytes);
            inode.Raw.Blocks512 = Resize.Blocks512;
            inode.Raw.Block[DoubleIndirectIndex] = blocks[^1].Value;
            Stamp(inode);
        }
        else if (number == InodeNumber.BadBlocks)
        {
            Stamp(inode);
        }
    }

    private void FillDirectory(InodeView inode, uint permissions, ushort links, ReadOnlySpan<BlockNumber> content)
    {
        inode.Initialize();
        inode.Raw.Mode = (ushort)ModeBits.Of(InodeKind.Directory, permissions);
        inode.Raw.LinksCount = links;
        inode.Size = (long)content.Length * geometry.BlockBytes;
        inode.Raw.Blocks512 = (uint)(content.Length * (geometry.BlockBytes / 512));
        for (int index = 0; index < content.Length; index++)
        {
            inode.Raw.Block[index] = content[index].Value;
        }

        Stamp(inode);
    }

    private void Stamp(InodeView inode)
    {
        var time = new Timestamp(plan.Options.Time!.Value, 0);
        inode.AccessTime = time;
        inode.ChangeTime = time;
        inode.ModifyTime = time;
        inode.BirthTime = time;
    }
}
