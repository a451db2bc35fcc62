using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.HostDirectory;
using Ext2Union.Tests.Support;
using Ext2Union.Tmpfs;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Partial;

/// <summary>
/// The random changes of one file that is copied up block by block, on ext2 volumes over each kind of lower: unmounted and checked by ours and by e2fsck in
/// between, and each top made a lower of the next, three deep.
/// </summary>
public class PartialVolumeTests
{
    private const int Seeds = 40;
    private const int Steps = 40;
    private const long VolumeBytes = 8 << 20;

    [Theory]
    [InlineData(1024, 128, "ext2")]
    [InlineData(1024, 256, "host")]
    [InlineData(4096, 256, "ext2")]
    [InlineData(4096, 128, "host")]
    [InlineData(2048, 256, "tmpfs")]
    public void AFileIsWhatWasDoneToItWhereverItsBlocksLie(int blockBytes, int inodeBytes, string below)
    {
        using var scratch = new ScratchDirectory();
        for (int seed = 0; seed < Seeds; seed++)
        {
            List<string> story = [];
            try
            {
                new Run(new Random(seed), story, new FormatOptions { BlockBytes = blockBytes, InodeBytes = inodeBytes }, below, scratch.FullPath).All();
            }
            catch (Exception failure)
            {
                throw new InvalidOperationException($"seed {seed}, {blockBytes}/{inodeBytes} over {below}\n{string.Join('\n', story)}\n{failure.Message}", failure);
            }
        }
    }

    private sealed class Run(Random random, List<string> story, FormatOptions format, string below, string folder)
    {
        private readonly PartialFile file = new(random, story);
        private readonly List<MemoryBlockDevice> devices = [];
        private readonly string host = Path.Combine(folder, "host");
        private MemoryBlockDevice? baseVolume;
        private TmpfsFileSystem? baseMemory;

        public void All()
        {
            MakeBase();
            for (int generation = 0; generation < 3; generation++)
            {
                story.Add($"generation {generation}");
                devices.Insert(0, MemoryVolume.Format(VolumeBytes, format));
                UnionFileSystem union = Stack();
                for (int step = 0; step < Steps; step++)
                {
                    With(union, file.Step);
                    if (random.Next(10) == 0)
                    {
                        story.Add("remount");
                        End(union);
                        union = Stack();
                        With(union, file.Compare);
                    }
                }

                End(union);
                union = Stack();
                With(union, file.Compare);
                End(union);
                string? fault = MemoryVolume.Check(devices[0]) ?? (random.Next(4) == 0 ? MemoryVolume.CheckByStock(devices[0], folder) : null);
                Assert.True(fault is null, fault);
            }
        }

        private void MakeBase()
        {
            int size = random.Next(3) == 0 ? random.Next(9000) : random.Next(100_000);
            switch (below)
            {
                case "host":
                    _ = Directory.CreateDirectory(host);
                    using (var memory = new TmpfsFileSystem(new TmpfsOptions()))
                    {
                        Fill(memory, size);
                    }

                    File.WriteAllBytes(Path.Combine(host, "f"), file.Bytes);
                    break;
                case "tmpfs":
                    baseMemory = new TmpfsFileSystem(new TmpfsOptions { AsLower = true });
                    Fill(baseMemory, size);
                    break;
                default:
                    baseVolume = MemoryVolume.Format(VolumeBytes, format);
                    using (Ext2Volume volume = MemoryVolume.Mount(baseVolume))
                    {
                        Fill(volume, size);
                        Assert.Equal(Errno.None, volume.Unmount());
                    }

                    break;
            }
        }

        private void Fill(FileSystem fileSystem, int size)
        {
            var inode = (FileInode)fileSystem.Root.Create("f"u8, new NewInode { Mode = 0x81A4 }).Value;
            file.Fill(inode, size);
            inode.Release();
        }

        private UnionFileSystem Stack()
        {
            List<FileSystem> lowers = [.. devices.Skip(1).Select(device => MemoryVolume.Mount(device, asLower: true))];
            lowers.Add(below switch
            {
                "host" => HostFileSystem.Open(host).Value,
                "tmpfs" => baseMemory!,
                _ => MemoryVolume.Mount(baseVolume!, asLower: true),
            });
            return UnionFileSystem.Create(MemoryVolume.Mount(devices[0]), lowers, new UnionOptions()).Value;
        }

        private static void End(UnionFileSystem union) => Assert.Equal(Errno.None, union.Unmount());

        private static void With(UnionFileSystem union, Action<FileInode> use)
        {
            var file = (FileInode)union.Root.Lookup("f"u8).Value;
            use(file);
            file.Release();
        }
    }
}
