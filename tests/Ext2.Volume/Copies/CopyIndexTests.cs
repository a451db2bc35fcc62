using System.Text;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.Volume.Tests.Directories;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Copies;

/// <summary>The index of copies: what it finds, that nobody sees it, and that stock tools see nothing but a directory.</summary>
public class CopyIndexTests
{
    [Theory]
    [InlineData(1024, 128)]
    [InlineData(4096, 256)]
    public void Layers_promises_are_kept(int blockBytes, int inodeBytes)
    {
        using var image = new VolumeImage(new Mke2fs { BlockBytes = blockBytes, InodeBytes = inodeBytes });
        Ext2Volume volume = image.Mount();
        CopyChecks.Index(volume);
        VolumeImage.End(volume);
        volume = image.Mount(new Ext2MountOptions { IsLower = true });
        Assert.True(volume.Index!.IsEmpty);
        volume.Dispose();
        AssertSound(image);
    }

    [Fact]
    public void A_copy_without_a_name_lives_in_the_index_over_mounts()
    {
        using var image = new VolumeImage(new Mke2fs());
        Ext2Volume volume = image.Mount();
        FileInode copy = CopyChecks.Detached(volume);
        ulong number = copy.Number;
        Assert.Equal(Errno.None, copy.Write(0, "kept"u8, out _));
        Assert.Equal(Errno.None, volume.Index!.Put(2, 99, copy));
        copy.Release();
        VolumeImage.End(volume);
        AssertSound(image);
        using (var mount = new LoopMount(Stripped(image), image.Scratch("mount"), "ext4"))
        {
            Assert.Equal("kept", File.ReadAllText($"{mount.FullPath}/.ext2u-index/0002-0000000000000063"));
            Assert.Equal(number, Posix.Stat(Encoding.UTF8.GetBytes($"{mount.FullPath}/.ext2u-index/0002-0000000000000063")).Value.Inode);
        }

        volume = image.Mount();
        Assert.False(volume.Index!.IsEmpty);
        Inode found = volume.Index.Find(2, 99).Value;
        Assert.Equal(number, found.Number);
        found.Release();
        Assert.Equal(Errno.None, volume.GetStatistics(out Statistics before));
        Assert.Equal(Errno.None, volume.Index.Remove(2, 99));
        Assert.Equal(Errno.None, volume.GetStatistics(out Statistics after));
        Assert.Equal(before.FreeInodes + 1, after.FreeInodes);
        VolumeImage.End(volume);
        AssertSound(image);
    }

    [Fact]
    public void Its_name_is_neither_found_nor_made()
    {
        using var image = new VolumeImage(new Mke2fs(), tree => File.WriteAllText(Path.Combine(tree, "x"), "x"));
        Ext2Volume volume = image.Mount();
        var root = (LayerDirectory)volume.Root;
        byte[] name = CopyIndexName.Directory.ToArray();

        // As long as nothing leads below, the name is like any other.
        Assert.Equal(Errno.None, Make(root, name).Error);
        Assert.Equal(Errno.None, root.RemoveDirectory(name));
        FileInode copy = CopyChecks.Detached(volume);
        Assert.Equal(Errno.None, volume.Index!.Put(1, 1, copy));
        Inode x = root.Lookup("x"u8).Value;
        Assert.Equal(Errno.ENOENT, root.Lookup(name).Error);
        Assert.Equal(SlotKind.Absent, root.Peek(name).Value.Kind);
        Assert.DoesNotContain(".ext2u-index", Listing.Names(root));
        Assert.DoesNotContain(Listing.Slots(root), slot => slot.Name == ".ext2u-index");
        Assert.Equal(Errno.EPERM, Make(root, name).Error);
        Assert.Equal(Errno.EPERM, root.Link(name, x));
        Assert.Equal(Errno.EPERM, root.Install(name, CopyChecks.Detached(volume)));
        Assert.Equal(Errno.EPERM, root.Rename("x"u8, root, name, RenameFlags.None));
        Assert.Equal(Errno.ENOENT, root.Rename("x"u8, root, name, RenameFlags.Exchange));
        Assert.Equal(Errno.ENOENT, root.Rename(name, root, "y"u8, RenameFlags.None));
        Assert.Equal(Errno.ENOENT, root.RemoveDirectory(name));
        Assert.Equal(Errno.ENOENT, root.Unlink(name));
        Assert.Equal(Errno.ENOENT, root.RemoveMark(name));
        Assert.Equal(Errno.EPERM, root.PutWhiteout(name));
        Assert.Equal(Errno.EPERM, root.PutFallthru(name));
        ulong hidden;
        using (volume.Gate.Enter())
        {
            hidden = volume.IndexDirectory!.Number;
        }

        Assert.Equal(Errno.ESTALE, volume.Find(hidden).Error);
        Assert.Equal(Errno.None, root.GetAttributes(out Attributes attributes));
        Assert.Equal(3u, attributes.LinkCount);

        // Elsewhere it is a name like any other.
        var below = (LayerDirectory)Make(root, "d"u8).Value;
        Assert.Equal(Errno.None, Make(below, name).Error);
        Assert.Equal(Errno.None, below.RemoveDirectory(name));
        x.Release();
        VolumeImage.End(volume);

        volume = image.Mount(new Ext2MountOptions { IsReadOnly = true });
        Assert.Equal(Errno.ENOENT, volume.Root.Lookup(name).Error);
        Assert.Equal(["d", "lost+found", "x"], Listing.Names(volume.Root));
        volume.Dispose();
        AssertSound(image);
    }

    [Fact]
    public void A_file_that_had_the_name_before_keeps_it()
    {
        using var image = new VolumeImage(new Mke2fs(), tree => File.WriteAllText(Path.Combine(tree, ".ext2u-index"), "mine"));
        Ext2Volume volume = image.Mount();
        FileInode copy = CopyChecks.Detached(volume);
        Assert.Equal(Errno.EOPNOTSUPP, volume.Index!.Put(1, 1, copy));
        Assert.Equal(Errno.ENOENT, volume.Index.Find(1, 1).Error);
        Inode file = volume.Root.Lookup(CopyIndexName.Directory).Value;
        Assert.Equal(InodeKind.File, file.Kind);
        file.Release();
        Assert.Equal(Errno.None, volume.Root.Unlink(CopyIndexName.Directory));
        Assert.Equal(Errno.None, volume.Index.Put(1, 1, copy));
        Assert.Equal(Errno.ENOENT, volume.Root.Lookup(CopyIndexName.Directory).Error);
        copy.Release();
        VolumeImage.End(volume);
        AssertSound(image);
    }

    [Fact]
    public void A_directory_of_somebody_is_not_taken_for_the_index()
    {
        using var image = new VolumeImage(new Mke2fs(), tree =>
        {
            _ = Directory.CreateDirectory(Path.Combine(tree, ".ext2u-index"));
            File.WriteAllText(Path.Combine(tree, ".ext2u-index", "precious"), "mine");
        });
        Ext2Volume volume = image.Mount();
        FileInode copy = CopyChecks.Detached(volume);
        Assert.Equal(Errno.EOPNOTSUPP, volume.Index!.Put(1, 1, copy));
        Assert.Contains(".ext2u-index", Listing.Names(volume.Root));
        var theirs = (DirectoryInode)volume.Root.Lookup(CopyIndexName.Directory).Value;
        Assert.Equal(["precious"], Listing.Names(theirs));
        theirs.Release();
        copy.Release();
        VolumeImage.End(volume);
        AssertSound(image);
    }

    [Theory]
    [InlineData("")]
    [InlineData("^dir_index")]
    public void Many_copies_are_found(string features)
    {
        const int Count = 1500;
        using var image = new VolumeImage(new Mke2fs { BlockBytes = 1024, Bytes = 16 << 20, Inodes = 4096, Features = features });
        Ext2Volume volume = image.Mount();
        for (uint i = 1; i <= Count; i++)
        {
            FileInode copy = CopyChecks.Detached(volume);
            Assert.Equal(Errno.None, volume.Index!.Put((ushort)(i % 5 + 1), i * 7919, copy));
            copy.Release();
        }

        for (uint i = 1; i <= Count; i += 3)
        {
            Assert.Equal(Errno.None, volume.Index!.Remove((ushort)(i % 5 + 1), i * 7919));
        }

        VolumeImage.End(volume);
        string shown = ProcessRunner.Check("/sbin/debugfs", "-R", "stat .ext2u-index", Stripped(image));
        Assert.True(features.Length != 0 || shown.Contains("Flags: 0x1000", StringComparison.Ordinal), shown);
        volume = image.Mount();
        for (uint i = 1; i <= Count; i++)
        {
            Result<Inode> found = volume.Index!.Find((ushort)(i % 5 + 1), i * 7919);
            Assert.Equal(i % 3 == 1 ? Errno.ENOENT : Errno.None, found.Error);
            if (found.Succeeded)
            {
                found.Value.Release();
            }
        }

        VolumeImage.End(volume);
        AssertSound(image);
    }

    [Fact]
    public void A_number_is_never_given_out_with_the_generation_it_had()
    {
        using var image = new VolumeImage(new Mke2fs());
        var options = new Ext2MountOptions { FirstGeneration = 41 };
        Ext2Volume volume = image.Mount(options);
        FileInode first = CopyChecks.Detached(volume);
        (ulong number, uint generation) = (first.Number, first.Generation);
        first.Release();
        VolumeImage.End(volume);
        volume = image.Mount(options);
        FileInode second = CopyChecks.Detached(volume);
        Assert.Equal(number, second.Number);
        Assert.NotEqual(generation, second.Generation);
        second.Release();
        VolumeImage.End(volume);
    }

    private static Result<Inode> Make(LayerDirectory directory, ReadOnlySpan<byte> name) =>
        directory.Create(name, new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED) });

    private static string Stripped(VolumeImage image)
    {
        string copy = image.Scratch("stripped");
        File.Copy(image.Path, copy, true);
        E2fsck.ClearMarkFeatures(copy);
        return copy;
    }

    private static void AssertSound(VolumeImage image)
    {
        Assert.Empty(image.Log.Lines);
        Assert.True(E2fsck.HasMarkFeatures(image.Path));
        E2fsck.AssertCleanWithoutMarks(image.Path);
    }
}
