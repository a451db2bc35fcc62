using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// A mounted ext2 volume: a layer of a union, or a file system of its own. One lock guards all metadata; file data is read and written
/// outside it, under a lock of the file's content.
/// </summary>
public sealed partial class Ext2Volume : FileSystem
{
    private readonly Ext2MountOptions options;
    private readonly BlockDevice device;
    private readonly GroupTable groups;
    private readonly BlockMap map;
    private readonly InodeTable table = new();
    private bool writesNothing;
    private ulong overheadBlocks;
    private DirectoryInode? root;
    private bool isReadOnly;

    private Ext2Volume(BlockDevice device, Ext2MountOptions options, MountedParts parts)
    {
        this.device = device;
        this.options = options;
        nextGeneration = options.FirstGeneration ?? (uint)Random.Shared.Next();
        Gate = parts.Gate;
        Geometry = parts.Geometry;
        Cache = parts.Cache;
        groups = parts.Groups;
        superblock = parts.Superblock;
        stateAtMount = (SuperblockState)(ushort)superblock.State;
        isReadOnly = parts.IsReadOnly;
        writesNothing = parts.IsReadOnly;
        Identity = LayerIdentities.Of(superblock, InodeNumber.Root);
        map = new BlockMap(this);
        Bitmaps = new GroupBitmaps(this);
        blocks = new BlockAllocator(this);
        inodes = new InodeAllocator(this);
        Xattrs = new XattrStore(this);
        Acls = new AclStore(this, Xattrs);
    }

    /// <inheritdoc/>
    public override DirectoryInode Root => root!;

    /// <inheritdoc/>
    public override bool IsReadOnly => Volatile.Read(ref isReadOnly);

    /// <inheritdoc/>
    public override bool IsExclusive => true;

    /// <inheritdoc/>
    public override long MaximumFileBytes => Geometry.MaximumFileBytes;

    /// <summary>Measures of the volume.</summary>
    public Geometry Geometry { get; }

    /// <summary>Whether the volume had been unmounted cleanly, and without errors met, before this mount.</summary>
    public bool WasClean => (stateAtMount & (SuperblockState.Clean | SuperblockState.Errors)) == SuperblockState.Clean;

    /// <summary>Features that must be known to read the volume, as of now.</summary>
    public IncompatFeatures Incompat
    {
        get
        {
            using (Gate.Enter())
            {
                return IncompatLocked;
            }
        }
    }

    /// <summary>The lock of all metadata.</summary>
    internal RankedLock Gate { get; }

    /// <summary>All metadata blocks. Under <see cref="Gate"/>.</summary>
    internal BlockCache Cache { get; }

    /// <summary>Locks of file contents; taken before <see cref="Gate"/>.</summary>
    internal ContentLocks Contents { get; } = new();

    /// <summary>Where the data lies.</summary>
    internal BlockDevice Device => device;

    /// <summary>Places of file blocks. Under <see cref="Gate"/>.</summary>
    internal BlockMap Map => map;

    /// <summary>The groups. Under <see cref="Gate"/>.</summary>
    internal GroupTable Groups => groups;

    /// <summary>Extended attributes. Under <see cref="Gate"/>.</summary>
    internal XattrStore Xattrs { get; }

    /// <summary>Access control lists. Under <see cref="Gate"/>.</summary>
    internal AclStore Acls { get; }

    /// <summary>The time now.</summary>
    internal Timestamp Now => options.Clock.Now;

    /// <inheritdoc/>
    public override Result<Inode> Find(ulong number)
    {
        var wanted = new InodeNumber((uint)number);
        bool isOrdinary = wanted == InodeNumber.Root || wanted.Value >= Geometry.FirstInode.Value;
        if (number > uint.MaxValue || !Geometry.IsInode(wanted) || !isOrdinary)
        {
            return Errno.ESTALE;
        }

        using (Gate.Enter())
        {
            if (IndexDirectory is { } hidden && hidden.Number == number)
            {
                return Errno.ESTALE;
            }

            if (table.Find(wanted) is null)
            {
                using InodeLease inode = ReadInode(wanted);
                if (inode.Error != Errno.None)
                {
                    return inode.Error;
                }

                if (inode.Raw.LinksCount == 0 || inode.Raw.Mode == 0 || IsDoomed(wanted))
                {
                    return Errno.ESTALE;
                }
            }

            return GetInode(wanted);
        }
    }

    /// <inheritdoc/>
    public override Errno GetStatistics(out Statistics statistics)
    {
        using (Gate.Enter())
        {
            long reserved = superblock.ReservedBlocksCount;
            statistics = new Statistics
            {
                BlockSize = (uint)Geometry.BlockBytes,
                Blocks = Geometry.BlockCount - OverheadBlocks(),
                FreeBlocks = (ulong)groups.FreeBlocks,
                AvailableBlocks = (ulong)Math.Max(0, groups.FreeBlocks - reserved),
                Inodes = Geometry.InodeCount,
                FreeInodes = (ulong)(groups.FreeInodes + DoomedCount),
                MaximumNameBytes = 255,
            };
            return Errno.None;
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        Cache.Dispose();
        Contents.Dispose();
        device.Dispose();
    }

    // What the kernel subtracts for statfs (ext4_calculate_overhead): everything before the data, group by group.
    private ulong OverheadBlocks()
    {
        if (overheadBlocks == 0)
        {
            ulong sum = Geometry.FirstDataBlock.Value;
            for (uint group = 0; group < Geometry.GroupCount; group++)
            {
                sum += Geometry.HeaderBlocks(group) + 2 + Geometry.InodeTableBlocks;
            }

            overheadBlocks = sum;
        }

        return overheadBlocks;
    }
}
