using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A seeded volume that was the top of a union: marks in most of its directories, origins, copies with their index, the table of lowers. The engine puts them.</summary>
internal sealed class MarkedVolume
{
    private static readonly Dictionary<int, MarkedVolume> Made = [];
    private static readonly VolumeShape[] Shapes = [.. VolumeShape.All.Where(shape => shape.Name is not ("untyped" or "old"))];

    private MarkedVolume(string name, V image)
    {
        Name = name;
        Image = image;
        Manifest = TreeManifest.Of(image);
    }

    public string Name { get; }

    /// <summary>The sound volume; not to be changed.</summary>
    public V Image { get; }

    public TreeManifest Manifest { get; }

    /// <summary>The volume of a case: every shape in turn, and another tree of each for every five hundred cases.</summary>
    public static MarkedVolume For(int seed)
    {
        int key = (seed / 500 * Shapes.Length) + (seed % Shapes.Length);
        lock (Made)
        {
            if (!Made.TryGetValue(key, out MarkedVolume? volume))
            {
                if (Made.Count > 3 * Shapes.Length)
                {
                    Made.Clear();
                }
                volume = Make(SeededVolume.Make(Shapes[seed % Shapes.Length], 7000 + key), key);
                Made[key] = volume;
            }
            return volume;
        }
    }

    private static MarkedVolume Make(SeededVolume plain, int seed)
    {
        using MemoryBlockDevice device = plain.Image.ToDevice();
        var options = new Ext2MountOptions { Clock = Clock.Fixed(new Timestamp(SeededVolume.Now - 1000, 0)), FirstGeneration = 1 };
        Assert.True(Ext2Volume.TryMount(device, options, out Ext2Volume? volume, out string? refusal), refusal);
        var random = new Random(seed);
        foreach (ManifestInode directory in plain.Manifest.Inodes.Values.Where(inode => inode.IsDirectory))
        {
            if (volume.Find(directory.Number).TryGet(out Inode inode, out _))
            {
                Mark((LayerDirectory)inode, random);
                inode.Release();
            }
        }
        var copies = new CopyUse(volume, seed);
        copies.Begin();
        copies.Run(25);
        Assert.Equal(Errno.None, volume.Unmount());
        V image = V.Of(device);
        OwnRun judged = OwnRun.Of(image, CheckMode.No);
        Assert.True(judged.Exit == 0, $"the sound volume is said to be damaged\n{judged.Said}");
        return new MarkedVolume($"marked {plain}", image);
    }

    private static void Mark(LayerDirectory directory, Random random)
    {
        for (int count = random.Next(6); count > 0; count--)
        {
            byte[] name = Encoding.ASCII.GetBytes($"mark-{random.Next(1000)}{new string('m', random.Next(30))}");
            _ = random.Next(2) == 0 ? directory.PutWhiteout(name) : directory.PutFallthru(name);
        }
        if (random.Next(3) == 0)
        {
            _ = directory.SetOpaque(true);
        }
        _ = directory.Number == 2 ? Errno.None : random.Next(5) switch
        {
            0 => directory.SetOrigin(OriginKind.None, []),
            1 => directory.SetOrigin(OriginKind.Redirect, Encoding.ASCII.GetBytes($"from/{random.Next(1000)}")),
            _ => Errno.None,
        };
    }
}
