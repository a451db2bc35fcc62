namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>What the fuzzer damages: sound to both checkers, the same every time, and with everything in it that can be damaged.</summary>
public sealed class SeededVolumeTests
{
    [Fact]
    public void BothCheckersFindNothing()
    {
        using var stock = new StockChecker();
        for (int seed = 0; seed < VolumeShape.All.Count; seed++)
        {
            SeededVolume volume = FuzzVolumes.For(seed);
            OwnRun ours = OwnRun.Of(volume.Image, CheckMode.No);
            Assert.True(ours.Exit == 0, $"{volume}: {ours.Said}");
            (int exit, string text) = stock.Look(volume.Image);
            Assert.True(exit == 0 && !text.Contains("? no", StringComparison.Ordinal), $"{volume}: {text}");
            Assert.Empty(new TreeComparison(volume.Manifest, volume.Image, volume.Manifest, TreeManifest.Of(ours.After)).Run());
        }
    }

    [Fact]
    public void EverythingIsInThem()
    {
        SeededVolume[] volumes = [.. Enumerable.Range(0, VolumeShape.All.Count).Select(FuzzVolumes.For)];
        ManifestInode[] inodes = [.. volumes.SelectMany(volume => volume.Manifest.Inodes.Values)];
        Assert.Equal([1, 2, 4, 6, 8, 10], inodes.Select(inode => inode.Kind).Distinct().Order());
        Assert.Equal([1, 2, 3], volumes.SelectMany(volume => volume.Map.Indirect).Select(indirect => indirect.Level).Distinct().Order());
        Assert.Contains(volumes, volume => volume.Map.IndexNodes.Any(node => !node.IsRoot));
        Assert.Contains(volumes, volume => volume.Map.AttributeBlocks.GroupBy(place => place.Block).Any(owners => owners.Count() > 1));
        Assert.Contains(inodes, inode => inode.Attributes.Count > 0 && inode.AttributeBlock == 0);
        Assert.Contains(inodes, inode => inode.Names.Count > 1 && inode.IsRegular);
        Assert.Contains(inodes, inode => inode.IsSymlink && inode.Blocks.Count > 0);
        Assert.Contains(inodes, inode => inode.IsSymlink && inode.Blocks.Count == 0);
        Assert.All(volumes.Where(volume => volume.Shape.FreeBlocks >= 0), volume => Assert.True(volume.Image.U32(VolumeImage.Super(12)) < 40));
        Assert.All(volumes, volume => Assert.NotEmpty(volume.Map.Changed));
    }

    [Fact]
    public void AVolumeIsTheSameInEveryProcess()
    {
        VolumeShape shape = VolumeShape.All[1];
        byte[] one = SeededVolume.Make(shape, 7).Image.Bytes, other = SeededVolume.Make(shape, 7).Image.Bytes;
        Assert.True(one.AsSpan().SequenceEqual(other), $"they differ from byte {one.AsSpan().CommonPrefixLength(other)} on");
    }
}
