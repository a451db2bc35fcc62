using Ext2Union.Ext2.OnDisk;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Copies;

/// <summary>Copies on a volume of stock mke2fs: what every layer promises, and that it is there after a remount.</summary>
public class CopyTests
{
    [Theory]
    [InlineData(1024, 128)]
    [InlineData(4096, 256)]
    [InlineData(2048, 1024)]
    public void Layers_promises_are_kept(int blockBytes, int inodeBytes)
    {
        using var image = new VolumeImage(new Mke2fs { BlockBytes = blockBytes, InodeBytes = inodeBytes, Bytes = 16 << 20 });
        Ext2Volume volume = image.Mount();
        Assert.False(volume.HasCopies);
        CopyChecks.Records(volume);
        CopyChecks.Remainders(volume, blockBytes);
        CopyChecks.Lowers(volume);
        VolumeImage.End(volume);
        volume = image.Mount(new Ext2MountOptions { IsLower = true });
        Assert.True(volume.HasCopies);
        List<RememberedLower> lowers = [];
        Assert.Equal(Errno.None, volume.ReadLowers(lowers));
        Assert.Equal(2, lowers.Count);
        Inode file = volume.Root.Lookup("record-File"u8).Value;
        Assert.Equal(Errno.None, file.GetCopySource([], out CopySource source, out _));
        Assert.True(volume.TryGetCopySource(file.Number, out CopySource again));
        Assert.Equal((78ul, source), (source.Inode, again));
        file.Release();
        volume.Dispose();
        E2fsck.AssertCleanWithoutMarks(image.Path);
        Assert.Empty(image.Log.Lines);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    public void What_an_incomplete_copy_owes_outlives_the_mount(int inodeBytes)
    {
        using var image = new VolumeImage(new Mke2fs { BlockBytes = 1024, InodeBytes = inodeBytes, Bytes = 16 << 20 });
        Ext2Volume volume = image.Mount();
        FileInode file = CopyChecks.Incomplete(volume, 3_000_000);
        Assert.Equal(IncompatFeatures.Fallthru | IncompatFeatures.Whiteout, volume.Incompat & (IncompatFeatures.Fallthru | IncompatFeatures.Whiteout));
        Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
        Assert.Equal(inodeBytes == 256 ? 0 : 2, attributes.Blocks);
        Assert.Equal(Errno.None, file.Write(2_048_000, new byte[1024], out _));
        Assert.Equal(Errno.None, file.SetSize(2_500_500));
        Assert.Equal(Errno.None, file.SetSize(2_900_000));
        Assert.Equal(Errno.None, volume.Root.Link("copy"u8, file));
        file.Release();
        VolumeImage.End(volume);
        volume = image.Mount();
        file = (FileInode)volume.Root.Lookup("copy"u8).Value;
        byte[] buffer = new byte[1024];
        Assert.Equal(Errno.EIO, file.Read(0, buffer, out _));
        Assert.Equal(Errno.None, file.Read(2_048_000, buffer, out _));
        Assert.Equal(Errno.EIO, file.Read(2_500_499, buffer, out _));
        Assert.Equal(Errno.None, file.Read(2_500_500, buffer, out _));
        Assert.Equal(2_500_500, CopyChecks.RemainderOf(file));
        Assert.Equal(Errno.None, file.GetExtent(0, 1 << 30, out bool isHole, out long until));
        Assert.Equal((true, 2_048_000L), (isHole, until));
        file.Release();
        VolumeImage.End(volume);
        E2fsck.AssertCleanWithoutMarks(image.Path);
        Assert.Empty(image.Log.Lines);
    }

    [Fact]
    public void A_volume_that_was_no_top_is_asked_for_nothing()
    {
        using var image = new VolumeImage(new Mke2fs(), tree => File.WriteAllText(Path.Combine(tree, "x"), "x"));
        Ext2Volume volume = image.Mount();
        Assert.False(volume.HasCopies);
        Inode file = volume.Root.Lookup("x"u8).Value;
        Assert.Equal(Errno.ENODATA, file.GetCopySource([], out _, out _));
        file.Release();
        VolumeImage.End(volume);
        image.AssertClean();
    }

    [Fact]
    public void Looking_for_a_record_makes_no_garbage()
    {
        using var image = new VolumeImage(new Mke2fs { InodeBytes = 256 });
        Ext2Volume volume = image.Mount();
        FileInode file = CopyChecks.Incomplete(volume, 5000);
        Assert.Equal(Errno.None, volume.Root.Link("copy"u8, file));
        Assert.True(volume.TryGetCopySource(file.Number, out _));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            _ = volume.TryGetCopySource(file.Number, out _);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 500);
        file.Release();
        VolumeImage.End(volume);
    }

    [Fact]
    public void A_volume_is_known_by_its_uuid_and_a_part_of_it_by_the_directory_too()
    {
        using var image = new VolumeImage(new Mke2fs(), tree => Directory.CreateDirectory(Path.Combine(tree, "part")));
        Ext2Volume volume = image.Mount();
        var part = (DirectoryInode)volume.Root.Lookup("part"u8).Value;
        Assert.Equal(LayerKind.Ext2, volume.Identity.Kind);
        Assert.Equal(volume.Identity, volume.IdentityOf(volume.Root));
        Assert.Equal([.. volume.Identity.Value, .. BitConverter.GetBytes((uint)part.Number)], volume.IdentityOf(part).Value);
        part.Release();
        VolumeImage.End(volume);
    }

    [Fact]
    public void A_record_of_anything_else_is_refused_and_reported_once_asked()
    {
        using var image = new VolumeImage(new Mke2fs { InodeBytes = 256, BlockBytes = 1024 }, tree => File.WriteAllText(Path.Combine(tree, "x"), "content"));
        ulong number = image.NumberOf("x");
        _ = ProcessRunner.Check("/sbin/debugfs", "-w", "-R", "ea_set x trusted.ext2u.copy abcdefghijklmnopqrst", image.Path);
        Ext2Volume volume = image.Mount();
        volume.HasCopies = true;
        FileInode file = VolumeImage.Open(volume, number);
        Assert.Equal(Errno.EUCLEAN, file.GetCopySource([], out _, out _));
        Assert.Equal(Errno.EUCLEAN, file.Read(0, new byte[7], out _));
        Assert.Equal(Errno.EUCLEAN, file.Write(0, "x"u8, out _));
        Assert.Equal(Errno.EUCLEAN, file.SetSize(0));
        Assert.False(volume.TryGetCopySource(number, out _));
        Assert.Contains(image.Log.Lines, line => line.Contains("(Version)", StringComparison.Ordinal));
        file.Release();
        volume.Dispose();
    }
}
