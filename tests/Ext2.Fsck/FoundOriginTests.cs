using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A directory that a repair gives another name neither merges with a stranger's nor loses what is known of its content below, and keeps its marks.</summary>
public sealed class FoundOriginTests
{
    [Fact]
    public void AFoundDirectoryMergesWithNothing()
    {
        V volume = BaseVolumes.Groups;
        uint lost = volume.Lookup("union");
        Remove(volume, 2, "union");
        _ = Judge.Repair(volume, "found", out V repaired);
        string place = $"/lost+found/#{lost}";
        Assert.Equal(
            [$"alone {place}", "fallthru /a/b/deep", $"fallthru {place}/below", $"opaque {place}/merged", "whiteout /gone-too", $"whiteout {place}/gone"],
            MarksOf(repaired).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void AVolumeThatIsNoTopGetsNoFlag()
    {
        V volume = BaseVolumes.Plain;
        Remove(volume, 2, "union");
        _ = Judge.Repair(volume, "found", out V repaired);
        Assert.Empty(MarksOf(repaired));
        Assert.Equal(0u, repaired.U32(V.Super(96)) & 0x820);
    }

    [Fact]
    public void ASecondOfOneNameMergesWithNothing()
    {
        V volume = BaseVolumes.Groups;
        volume.SetName(volume.Entry(volume.Lookup("union"), "sub"), "merged");
        _ = Judge.Repair(volume, "doubled", out V repaired);
        uint union = repaired.Lookup("union");
        string[] names = [.. new[] { "merged", "merged~0" }.Where(name => repaired.Has(union, name))];
        Assert.Equal(["merged", "merged~0"], names);
        Assert.NotEqual(0u, repaired.U32(repaired.Inode(repaired.Lookup("union/merged~0"), V.Flags)) & 0x08000000);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AnOriginThatIsKnownOrStoredLeadsOn(bool isStored)
    {
        using var device = new MemoryBlockDevice(12 << 20);
        Assert.Null(Formatter.Format(device, new FormatOptions { BlockBytes = 1024 }));
        Assert.True(Ext2Volume.TryMount(device, new Ext2MountOptions(), out Ext2Volume? mounted, out string? refusal), refusal);
        var root = (LayerDirectory)mounted.Root;
        Assert.Equal(Errno.None, mounted.StoreLowers([new RememberedLower(1, new LayerIdentity(LayerKind.HostDirectory, new byte[28], ""), true)]));
        Assert.True(root.Create("data"u8, new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED) }).TryGet(out Inode made, out _));
        var directory = (LayerDirectory)made;
        Assert.Equal(Errno.None, directory.PutFallthru("below"u8));
        Assert.Equal(Errno.None, directory.PutWhiteout("gone"u8));
        Assert.Equal(Errno.None, isStored ? directory.SetOrigin(OriginKind.Redirect, "srv/data"u8) : directory.SetCopySource(new CopySource { Layer = 1, Inode = 77 }, "srv/data"u8));
        directory.Release();
        Assert.Equal(Errno.None, mounted.Unmount());
        V volume = V.Of(device);
        uint lost = volume.Lookup("data");
        Remove(volume, 2, "data");
        _ = Judge.Repair(volume, "found", out V repaired);
        Assert.Equal(
            [$"fallthru /lost+found/#{lost}/below", $"redirect /lost+found/#{lost}\tfrom /srv/data", $"whiteout /lost+found/#{lost}/gone"],
            MarksOf(repaired).Where(line => !line.StartsWith("lower", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
    }

    private static void Remove(V volume, uint directory, string name)
    {
        long entry = volume.Entry(directory, name);
        volume.Set32(entry, 0);
        volume.Set8(entry + 7, 0);
    }

    private static string[] MarksOf(V volume)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        var lines = new List<string>();
        Assert.Equal(ExitCode.Clean, MarkList.Print(device, "test.img", lines.Add, Assert.Fail));
        return [.. lines];
    }
}
