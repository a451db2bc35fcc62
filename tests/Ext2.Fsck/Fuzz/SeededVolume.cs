using System.Text;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// A sound volume of a shape and a seed, made by stock tools alone and the same in every process: devices, attributes, an index of each directory of some size, and a second
/// generation of changes, so that there is an older state of blocks to come back.
/// </summary>
internal sealed class SeededVolume
{
    /// <summary>What the checkers take for now; everything in the volumes is older.</summary>
    public const uint Now = 1_750_000_000;
    private const uint Made = 1_700_000_000;

    private SeededVolume(VolumeShape shape, int seed, VolumeImage image, VolumeImage previous)
    {
        Shape = shape;
        Seed = seed;
        Image = image;
        Previous = previous;
        Manifest = TreeManifest.Of(image);
        Map = new VolumeMap(image, Manifest, previous);
    }

    public VolumeShape Shape { get; }

    public int Seed { get; }

    /// <summary>The sound volume; not to be changed.</summary>
    public VolumeImage Image { get; }

    /// <summary>The same some changes earlier.</summary>
    public VolumeImage Previous { get; }

    public TreeManifest Manifest { get; }

    public VolumeMap Map { get; }

    public override string ToString() => $"{Shape}/{Seed}";

    public static SeededVolume Make(VolumeShape shape, int seed)
    {
        using ScratchDirectory scratch = ScratchDirectory.InMemory("fuzz-volume");
        string folder = scratch.Folder("tree"), image = scratch["volume.img"];
        var tree = new SeededTree(shape, seed, folder);
        tree.Make();
        shape.Make(image, folder, seed);
        var random = new Random(seed);
        Script(FirstCommands(shape, tree, random));
        VolumeImage previous = Normalized();
        Script(SecondCommands(shape, tree, random, scratch["tree"]));
        if (shape.FreeBlocks >= 0)
        {
            VolumeImage now = VolumeImage.Load(image);
            long rest = now.U32(VolumeImage.Super(12)) - shape.FreeBlocks;
            // Indirect blocks take some too, so that fewer than asked for are left.
            File.WriteAllBytes(scratch["filling"], [.. Enumerable.Repeat((byte)'z', (int)Math.Max(0, rest - 4) * shape.BlockBytes)]);
            Script([$"write {scratch["filling"]} filling"]);
        }
        VolumeImage last = Normalized();
        E2fsck.AssertClean(image);
        AddShared(last, shape, random);
        return new SeededVolume(shape, seed, last, previous);

        void Script(IEnumerable<string> commands)
        {
            File.WriteAllLines(scratch["commands"], commands);
            _ = ProcessRunner.Check("/sbin/debugfs", "-w", "-f", scratch["commands"], image);
            // Indexes come from e2fsck: mke2fs fills directories without them.
            _ = ProcessRunner.Run("/sbin/e2fsck", "-fyD", image);
        }

        VolumeImage Normalized()
        {
            VolumeImage volume = VolumeImage.Load(image);
            SetTimes(volume);
            return volume;
        }
    }

    private static IEnumerable<string> FirstCommands(VolumeShape shape, SeededTree tree, Random random)
    {
        yield return "mknod pipe p";
        yield return "mknod character c 1 3";
        yield return "mknod block b 200 9";
        foreach (string path in (string[])["/character", .. tree.Directories.Skip(1), .. tree.Files])
        {
            if (shape.HasAttributes && random.Next(3) == 0)
            {
                for (int left = random.Next(1, 4); left > 0; left--)
                {
                    // Values as long as a block of 1 KiB can hold; some fit behind the inode.
                    int bytes = random.Next(3) == 0 ? random.Next(100, 280) : random.Next(1, 30);
                    yield return $"ea_set {path} {(random.Next(3) == 0 ? "trusted" : "user")}.name{random.Next(20)} {new string((char)('A' + random.Next(26)), bytes)}";
                }
            }
        }
    }

    private static IEnumerable<string> SecondCommands(VolumeShape shape, SeededTree tree, Random random, string source)
    {
        for (int index = 0; index < 6; index++)
        {
            yield return $"rm {tree.Files[random.Next(tree.Files.Count)]}";
            string directory = tree.Directories[random.Next(tree.Directories.Count)];
            yield return $"mkdir {directory}/later{index}";
            yield return $"cd {directory}/later{index}";
            yield return $"write {source}{tree.Files[random.Next(tree.Files.Count)]} written";
            yield return $"symlink another{index} {new string('s', random.Next(1, 90))}";
            yield return "cd /";
        }
        for (int index = 0; index < 24; index++)
        {
            yield return $"symlink more{index}{new string('n', random.Next(80))} target";
        }
        if (shape.HasAttributes)
        {
            yield return $"ea_set /list user.later {new string('l', random.Next(20, 90))}";
        }
    }

    // Stock tools never share attribute blocks, the kernel does.
    private static void AddShared(VolumeImage volume, VolumeShape shape, Random random)
    {
        TreeManifest tree = TreeManifest.Of(volume);
        ManifestInode[] owners = [.. tree.Inodes.Values.Where(inode => inode.AttributeBlock != 0)];
        ManifestInode[] others = [.. tree.Inodes.Values.Where(inode => inode.Attributes.Count == 0 && inode.IsRegular)];
        for (int index = 0; index < Math.Min(others.Length, 4) && owners.Length > 0; index++)
        {
            long block = volume.At(owners[random.Next(owners.Length)].AttributeBlock), at = volume.Inode(others[index].Number, 0);
            volume.Set32(at + VolumeImage.FileAcl, (uint)(block / volume.BlockBytes));
            volume.Set32(at + VolumeImage.Blocks512, volume.U32(at + VolumeImage.Blocks512) + ((uint)shape.BlockBytes / 512));
            volume.Set32(block + 4, volume.U32(block + 4) + 1);
        }
    }

    // Times of the host, which the tools put there, would make every run another one.
    private static void SetTimes(VolumeImage volume)
    {
        for (uint group = 0; group < volume.GroupCount; group++)
        {
            long super = group == 0 ? 1024 : volume.At(volume.FirstDataBlock + (group * volume.BlocksPerGroup));
            if (volume.U16(super + 56) != 0xEF53)
            {
                continue;
            }
            foreach (int field in (int[])[44, 48, 64, 264])
            {
                volume.Set32(super + field, Made);
            }
            Encoding.ASCII.GetBytes("Ext2Union seeds!").CopyTo(volume.Bytes, super + 104);
            volume.Set32(super + 376, 0);
        }
        for (uint number = 1; number <= volume.InodeCount; number++)
        {
            long at = volume.Inode(number, 0);
            if (volume.U32(at + VolumeImage.DeletionTime) != 0)
            {
                volume.Set32(at + VolumeImage.DeletionTime, Made);
            }
            if (volume.U16(at) != 0 || volume.U32(at + 8) != 0)
            {
                SetTimes(volume, at, number);
            }
        }
    }

    private static void SetTimes(VolumeImage volume, long at, uint number)
    {
        foreach (int field in (int[])[8, 12, 16])
        {
            volume.Set32(at + field, Made + (number * 10) + (uint)field);
        }
        int extraBytes = volume.InodeBytes > 128 ? volume.U16(at + 128) : 0;
        for (int field = 132; field + 4 <= 128 + extraBytes && field < 152; field += 4)
        {
            volume.Set32(at + field, field == 144 ? Made : number << 12);
        }
    }
}
