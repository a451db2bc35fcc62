using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Links;

/// <summary>A layer in memory that outlives the unions it is part of: a tmpfs, or a volume on a device.</summary>
internal sealed class StackedLayer
{
    private readonly TmpfsFileSystem? memory;

    public StackedLayer(bool isVolume, Clock clock, string? seed = null)
    {
        if (isVolume)
        {
            Device = MemoryVolume.Format(8 << 20, new FormatOptions { VolumeId = seed is null ? null : new Guid(seed) });
        }
        else
        {
            memory = new TmpfsFileSystem(new TmpfsOptions { Mode = 0x1ED, Clock = clock });
        }
    }

    /// <summary>The device of a volume; null for a tmpfs.</summary>
    public MemoryBlockDevice? Device { get; private set; }

    /// <summary>Opens it; the volume ends with the union.</summary>
    public FileSystem Open(bool asLower) => memory is not null ? memory : MemoryVolume.Mount(Device!, asLower);

    /// <summary>Goes on with what is on another device: what a crash left of this one.</summary>
    public void ContinueOn(MemoryBlockDevice device) => Device = device;

    /// <summary>Puts something in before it is stacked.</summary>
    public void Fill(Action<DirectoryInode> fill)
    {
        FileSystem layer = Open(asLower: false);
        fill(layer.Root);
        if (memory is null)
        {
            Assert.Equal(Errno.None, layer.Unmount());
            layer.Dispose();
        }
    }
}
