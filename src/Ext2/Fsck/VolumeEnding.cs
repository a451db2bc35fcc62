using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Writes superblock and descriptors. The order is what makes an interrupted run repeatable: the clean flag goes before the first repair is
/// written and comes back after all of them are durable.
/// </summary>
internal sealed class VolumeEnding(CheckedVolume volume)
{
    private readonly Geometry geometry = volume.Geometry;

    /// <summary>
    /// Takes the clean flag away, durably. A volume that was not left in use is marked as one with errors: the run behind an interrupted one must not take it for a
    /// volume whose mount a crash ended, for other repairs are right there.
    /// </summary>
    public void MarkUnclean(bool isAfterCrash) => WriteState(isAfterCrash ? SuperblockState.None : SuperblockState.Errors);

    /// <summary>Says, durably, that there is damage which a person must look at, as e2fsck does where -p stops.</summary>
    public void MarkErrors() => WriteState(SuperblockState.Errors);

    private void WriteState(SuperblockState added)
    {
        var state = (SuperblockState)(ushort)volume.Superblock.State;
        volume.Superblock.State = (ushort)((state & ~SuperblockState.Clean) | added);
        volume.Store.WriteBytes(Superblock.Bytes, volume.SuperblockBytes);
        volume.Store.Flush();
    }

    /// <summary>Writes descriptors and superblock as they are.</summary>
    public void WriteHeader()
    {
        WriteDescriptors(0);
        volume.Store.WriteBytes(Superblock.Bytes, volume.SuperblockBytes);
        volume.Store.Flush();
        volume.IsHeaderChanged = false;
    }

    /// <summary>Writes all backups. They never say that the volume is clean: who needs them has a reason to check.</summary>
    public void WriteBackups()
    {
        byte[] copy = volume.SuperblockBytes.ToArray();
        ref Superblock backup = ref Overlay.Superblock(copy);
        backup.State = (ushort)((SuperblockState)(ushort)backup.State & ~SuperblockState.Clean);
        for (uint group = 1; group < geometry.GroupCount; group++)
        {
            if (geometry.HasSuperblock(group))
            {
                backup.BlockGroup = (ushort)group;
                volume.Store.WriteBytes(geometry.ByteOf(geometry.SuperblockOf(group)), copy);
            }
            WriteDescriptors(group);
        }
        volume.AreBackupsStale = false;
    }

    /// <summary>Ends a check that left nothing: everything else is durable before the volume is called clean.</summary>
    public void WriteClean()
    {
        // The first write of a run takes the clean flag away. Where nothing had to be repaired that write is this one, so the flag is set behind it.
        WriteDescriptors(0);
        volume.Store.Flush();
        ref Superblock superblock = ref volume.Superblock;
        superblock.State = (ushort)SuperblockState.Clean;
        superblock.MountCount = 0;
        superblock.LastCheck = volume.Now;
        superblock.WriteTime = volume.Now;
        superblock.ErrorCount = 0;
        volume.Store.WriteBytes(Superblock.Bytes, volume.SuperblockBytes);
        volume.Store.Flush();
        volume.IsHeaderChanged = false;
    }

    private void WriteDescriptors(uint group)
    {
        for (uint index = 0; index < geometry.DescriptorBlocks; index++)
        {
            BlockNumber block = group == 0 ? geometry.DescriptorBlock(index) : geometry.DescriptorBackup(group, index);
            if (!block.IsNone)
            {
                volume.Store.Write(block.Value, volume.Descriptors.AsSpan((int)index * geometry.BlockBytes, geometry.BlockBytes));
            }
        }
    }
}
