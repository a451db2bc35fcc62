using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A volume without sparse_super has as many copies of its descriptors as groups; what is read of them does not grow with both.</summary>
public sealed class DescriptorCopiesTests
{
    private const int MostCopies = 9;

    [Fact]
    public void OnlySomeBackupsAreAsked()
    {
        V volume = Make();
        Assert.True(volume.GroupCount > 3 * MostCopies);
        for (uint group = 0; group < volume.GroupCount; group++)
        {
            // The table of the second group, in each copy.
            volume.Set32(volume.At((group * volume.BlocksPerGroup) + volume.FirstDataBlock + 1) + 32 + 8, 0);
        }
        using MemoryBlockDevice device = volume.ToDevice();
        var options = new CheckOptions { Mode = CheckMode.Yes, Name = "test.img" };
        var reporter = new Reporter(options, Interaction.Silent);
        var store = new VolumeStore(device, reporter);
        byte[] superblock = volume.Bytes[1024..2048];
        Assert.True(Geometry.TryCreate(Overlay.ReadSuperblock(superblock), out Geometry geometry, out _));
        var check = new DescriptorCheck(new CheckedVolume(store, geometry, superblock, Clock.System), reporter);
        Assert.False(check.HasSoundCopy());
        Assert.InRange(store.BytesRead, 2048, MostCopies * 1024);

        CheckResult result = Judge.Check(device, CheckMode.Yes, out string transcript);
        Assert.True(result.Exit == ExitCode.Corrected, transcript);
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out _).Exit);
    }

    private static V Make()
    {
        using var scratch = new ScratchDirectory("fsck-copies");
        string image = scratch["copies.img"];
        new Mke2fs { BlockBytes = 1024, Bytes = 8 << 20, Inodes = 512, BlocksPerGroup = 256, Features = "^sparse_super,^resize_inode" }.Make(image);
        return V.Load(image);
    }
}
