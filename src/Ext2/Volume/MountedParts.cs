using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>What mounting has read and checked before there is a volume.</summary>
internal sealed record MountedParts(
    RankedLock Gate, Geometry Geometry, BlockCache Cache, GroupTable Groups, Superblock Superblock, bool IsReadOnly);
