using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>Ext2 volumes in memory: a top over lowers that were filled through the engine. The top is checked when the run is over.</summary>
internal sealed class Ext2Recipe(int seed, string folder) : IUnionRecipe
{
    private const long VolumeBytes = 24 << 20;

    private readonly Dictionary<FileSystem, MemoryBlockDevice> devices = [];

    private FormatOptions Options => new()
    {
        BlockBytes = 1024 << (seed % 3),
        InodeBytes = 256,
        InodeCount = 3000,
    };

    public FileSystem NewTop() => Mounted(MemoryVolume.Format(VolumeBytes, Options), isTop: true);

    public FileSystem NewLower(IReadOnlyList<Operation> steps, string hostDirectory)
    {
        MemoryBlockDevice device = MemoryVolume.Format(VolumeBytes, Options);
        using (var target = new VfsTarget(MemoryVolume.Mount(device), Arena.Compared, same => same))
        {
            foreach (Operation step in steps)
            {
                _ = Executor.Apply(target, step);
            }

            _ = target.ChangeMode("", 0x1FF);
            _ = target.SetTimes("", Arena.RootTime);
            Assert.Equal(Errno.None, target.Unmount());
        }

        return Mounted(device, isTop: false);
    }

    public FileSystem Reopen(FileSystem layer, bool isTop) => Mounted(devices[layer], isTop);

    public string? Judge(FileSystem top)
    {
        MemoryBlockDevice device = devices[top];
        return MemoryVolume.Check(device) ?? (seed % 8 == 0 ? MemoryVolume.CheckByStock(device, folder) : null);
    }

    public void Dispose() => devices.Clear();

    private FileSystem Mounted(MemoryBlockDevice device, bool isTop)
    {
        FileSystem volume = MemoryVolume.Mount(device, asLower: !isTop);
        devices[volume] = device;
        return volume;
    }
}
