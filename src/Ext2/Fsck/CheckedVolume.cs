using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The volume under check: its measures, its superblock and group descriptors in memory, and reading and writing of inodes. Superblock and
/// descriptors are written by <see cref="VolumeEnding"/> when the check ends; everything else at once.
/// </summary>
internal sealed class CheckedVolume
{
    private readonly byte[] superblock;

    public CheckedVolume(VolumeStore store, Geometry geometry, byte[] superblock, Clock clock)
    {
        Store = store;
        Geometry = geometry;
        this.superblock = superblock;
        Descriptors = new byte[geometry.DescriptorBlocks * geometry.BlockBytes];
        Now = (uint)Math.Clamp(clock.Now.Seconds, 1, uint.MaxValue);
    }

    public VolumeStore Store { get; }

    public Geometry Geometry { get; }

    public ref Superblock Superblock => ref Overlay.Superblock(superblock);

    public ReadOnlySpan<byte> SuperblockBytes => superblock;

    /// <summary>All descriptor blocks, one behind the other.</summary>
    public byte[] Descriptors { get; }

    /// <summary>Superblock or descriptors were changed and must be written.</summary>
    public bool IsHeaderChanged { get; set; }

    /// <summary>A change that backups must have too: feature bits, or a primary that was restored.</summary>
    public bool AreBackupsStale { get; set; }

    /// <summary>The resize inode was repaired, but for its root, which needs a free block.</summary>
    public bool LacksResizeRoot { get; set; }

    /// <summary>Now, as ext2 stores times.</summary>
    public uint Now { get; }

    public bool HasFileType => Has(IncompatFeatures.FileType);

    public int BlockBytes => Geometry.BlockBytes;

    public uint FirstInode => Geometry.FirstInode.Value;

    public bool Has(CompatFeatures feature) => Superblock.Revision != 0 && ((CompatFeatures)(uint)Superblock.Compat & feature) != 0;

    public bool Has(IncompatFeatures feature) => Superblock.Revision != 0 && ((IncompatFeatures)(uint)Superblock.Incompat & feature) != 0;

    public bool Has(RoCompatFeatures feature) => Superblock.Revision != 0 && ((RoCompatFeatures)(uint)Superblock.RoCompat & feature) != 0;

    public ref GroupDescriptor Descriptor(uint group) => ref Overlay.Descriptor(Descriptors, (int)group);

    /// <summary>Whether a file may own the block: within the volume and no part of the volume's own structures.</summary>
    public bool IsLegal(uint block) => block >= Geometry.FirstDataBlock.Value && block < Geometry.BlockCount && block != 0;

    /// <summary>Whether the block is a superblock, a descriptor, a bitmap or a part of an inode table. Requires: <see cref="IsLegal"/>.</summary>
    public bool IsMetadata(uint block)
    {
        uint group = Geometry.GroupOf(new BlockNumber(block));
        ref GroupDescriptor descriptor = ref Descriptor(group);
        return block - Geometry.FirstBlockOf(group).Value < Geometry.HeaderBlocks(group)
            || block == descriptor.BlockBitmap
            || block == descriptor.InodeBitmap
            || block - descriptor.InodeTable < Geometry.InodeTableBlocks;
    }

    /// <summary>Byte of the device where an inode lies.</summary>
    public long InodeOffset(uint inode)
    {
        InodeLocation place = Geometry.Locate(new InodeNumber(inode));
        return (((long)Descriptor(place.Group).InodeTable + place.TableBlock) << Geometry.BlockBits) + place.Offset;
    }

    public byte[] ReadInode(uint inode)
    {
        byte[] bytes = new byte[Geometry.InodeBytes];
        Store.ReadBytes(InodeOffset(inode), bytes);
        return bytes;
    }

    public void WriteInode(uint inode, ReadOnlySpan<byte> bytes) => Store.WriteBytes(InodeOffset(inode), bytes);
}
