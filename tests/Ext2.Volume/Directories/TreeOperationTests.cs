using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>Random operations on a tree of directories, marks among them, against a model: answers, listings, link counts, remounts; e2fsck judges.</summary>
public sealed class TreeOperationTests
{
    private const int Steps = 2500;

    [Theory]
    [InlineData(1, 1024, "")]
    [InlineData(2, 4096, "")]
    [InlineData(3, 1024, "^dir_index")]
    public void BehavesAsTheModel(int seed, int blockBytes, string features)
    {
        using VolumeImage image = new(new Mke2fs { BlockBytes = blockBytes, Features = features });
        TreeRun run = new(new Random(seed), image.Mount());
        run.AdoptRoot();
        for (int step = 0; step < Steps; step++)
        {
            run.Place = $"seed {seed}, step {step}";
            run.Step();
            if (step % 500 == 499)
            {
                run.Verify();
                VolumeImage.End(run.Volume);
                Assert.Empty(image.Log.Lines);
                E2fsck.AssertCleanWithoutMarks(image.Path);
                run.Volume = image.Mount();
                run.Verify();
            }
        }

        VolumeImage.End(run.Volume);
        Assert.True(E2fsck.HasMarkFeatures(image.Path));
    }

    [Fact]
    public void AVolumeWithoutMarksStaysPlain()
    {
        using VolumeImage image = new(new Mke2fs());
        Ext2Volume volume = image.Mount();
        Assert.True(volume.Root.Create("d"u8, new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED) }).TryGet(out Inode made, out _));
        made.Release();
        Assert.Equal(Errno.ENOENT, ((LayerDirectory)volume.Root).RemoveMark("x"u8));
        VolumeImage.End(volume);
        Assert.False(E2fsck.HasMarkFeatures(image.Path));
        image.AssertClean();
    }

    [Fact]
    public void MarksNeedTheTypeInTheEntry()
    {
        using VolumeImage image = new(new Mke2fs { Features = "^filetype" });
        Ext2Volume volume = image.Mount();
        var root = (LayerDirectory)volume.Root;
        Assert.Equal(Errno.EOPNOTSUPP, root.PutWhiteout("x"u8));
        Assert.Equal(Errno.EOPNOTSUPP, root.PutFallthru("x"u8));
        Assert.Equal(Errno.EOPNOTSUPP, root.SetOpaque(true));
        VolumeImage.End(volume);
        image.AssertClean();
    }

    [Fact]
    public void MarksAndInstallLeaveTimesAlone()
    {
        using VolumeImage image = new(new Mke2fs());
        Ext2Volume volume = image.Mount(new Ext2MountOptions { Clock = Clock.Fixed(new Timestamp(1_000_000, 5)) });
        var root = (LayerDirectory)volume.Root;
        Assert.Equal(Errno.None, root.GetAttributes(out Attributes before));
        Assert.Equal(Errno.None, root.PutFallthru("a"u8));
        Assert.Equal(Errno.None, root.PutWhiteout("b"u8));
        Assert.True(root.CreateDetached(new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).TryGet(out Inode detached, out _));
        Assert.Equal(Errno.None, root.Install("a"u8, detached));
        detached.Release();
        Assert.Equal(Errno.None, root.SetOpaque(true));
        Assert.Equal(Errno.None, root.SetOrigin(OriginKind.None, default));
        Assert.True(root.Create("d"u8, new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED), Opaque = true, KeepParentTimes = true }).TryGet(out Inode made, out _));
        Assert.True(((LayerDirectory)made).IsOpaque);
        Assert.Equal(Errno.None, ((LayerDirectory)made).GetOrigin(default, out OriginKind kind, out _));
        Assert.Equal(OriginKind.None, kind);
        made.Release();
        Assert.Equal(Errno.None, root.GetAttributes(out Attributes after));
        Assert.Equal((before.ModifyTime, before.ChangeTime), (after.ModifyTime, after.ChangeTime));
        VolumeImage.End(volume);

        volume = image.Mount();
        root = (LayerDirectory)volume.Root;
        Assert.True(root.IsOpaque);
        Assert.Equal(Errno.None, root.GetOrigin(default, out kind, out _));
        Assert.Equal(OriginKind.None, kind);
        Assert.Equal(
            [("a", SlotKind.Inode), ("b", SlotKind.Whiteout), ("d", SlotKind.Inode), ("lost+found", SlotKind.Inode)],
            Listing.Slots(root).Select(slot => (slot.Name, slot.Slot)).Order());
        Assert.Equal(["a", "d", "lost+found"], Listing.Names(root));
        VolumeImage.End(volume);
        E2fsck.AssertCleanWithoutMarks(image.Path);
    }

    [Fact]
    public void ADetachedDirectoryIsInstalledOnceAndOnlyWhereItWasMade()
    {
        using VolumeImage image = new(new Mke2fs());
        Ext2Volume volume = image.Mount();
        var root = (LayerDirectory)volume.Root;
        NewInode what = new() { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED) };
        Inode lost = root.CreateDetachedDirectory(what).Value;
        Assert.Equal(Errno.None, volume.Sync());
        lost.Release();
        var other = (LayerDirectory)Make(root, "other"u8, InodeKind.Directory);
        Inode made = root.CreateDetachedDirectory(what).Value;
        Assert.Equal(Errno.None, made.SetXattr("user.a"u8, "b"u8, XattrFlags.None));
        Assert.Equal(Errno.None, volume.Sync());
        Assert.Equal(Errno.None, root.PutFallthru("d"u8));
        Assert.Equal(Errno.None, root.GetAttributes(out Attributes before));
        Assert.Equal(Errno.EPERM, root.Link("d"u8, made));
        Assert.Equal(Errno.EPERM, other.Install("d"u8, made));
        Assert.Equal(Errno.None, root.Install("d"u8, made));
        Assert.Equal(Errno.EPERM, root.Install("e"u8, made));
        Assert.Equal(Errno.None, root.GetAttributes(out Attributes after));
        Assert.Equal((before.LinkCount + 1, before.ModifyTime), (after.LinkCount, after.ModifyTime));
        Assert.Equal(Errno.None, made.GetAttributes(out Attributes attributes));
        Assert.Equal(2u, attributes.LinkCount);
        Make((LayerDirectory)made, "file"u8, InodeKind.File).Release();
        made.Release();
        other.Release();
        VolumeImage.End(volume);
        Assert.Empty(image.Log.Lines);
        E2fsck.AssertCleanWithoutMarks(image.Path);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    public void AnOriginIsKeptAndShownToNobody(int inodeBytes)
    {
        using VolumeImage image = new(new Mke2fs { BlockBytes = 1024, InodeBytes = inodeBytes });
        Ext2Volume volume = image.Mount();
        var moved = (LayerDirectory)Make(volume.Root, "moved"u8, InodeKind.Directory);
        byte[] path = [.. Enumerable.Repeat((byte)'p', 700)];
        byte[] read = new byte[4096];
        Assert.Equal(Errno.None, moved.GetOrigin(read, out OriginKind kind, out int length));
        Assert.Equal((OriginKind.Natural, 0), (kind, length));
        Assert.Equal(Errno.ENAMETOOLONG, moved.SetOrigin(OriginKind.Redirect, new byte[1000]));
        Assert.Equal(Errno.None, moved.SetOrigin(OriginKind.None, default));
        Assert.Equal(Errno.None, moved.SetOrigin(OriginKind.Redirect, path));
        moved.Release();
        VolumeImage.End(volume);
        volume = image.Mount();
        Assert.True(volume.Root.Lookup("moved"u8).TryGet(out Inode inode, out _));
        moved = (LayerDirectory)inode;
        Assert.Equal(Errno.ERANGE, moved.GetOrigin(read.AsSpan(0, 5), out _, out length));
        Assert.Equal(700, length);
        Assert.Equal(Errno.None, moved.GetOrigin(read, out kind, out length));
        Assert.Equal(OriginKind.Redirect, kind);
        Assert.Equal(path, read[..length]);
        Assert.Equal(Errno.None, moved.ListXattr(read, out length));
        Assert.Equal(0, length);
        Assert.Equal(Errno.None, moved.SetOrigin(OriginKind.Natural, default));
        Assert.Equal(Errno.None, moved.GetOrigin(read, out kind, out length));
        Assert.Equal((OriginKind.Natural, 0), (kind, length));
        moved.Release();
        VolumeImage.End(volume);
        E2fsck.AssertCleanWithoutMarks(image.Path);
    }

    [Fact]
    public void FlagsForbidWhatTheyForbidInTheKernel()
    {
        using VolumeImage image = new(new Mke2fs());
        Ext2Volume volume = image.Mount();
        DirectoryInode root = volume.Root;
        Inode frozen = Make(root, "frozen"u8, InodeKind.Directory);
        Inode log = Make(root, "log"u8, InodeKind.Directory);
        Inode file = Make(root, "file"u8, InodeKind.File);
        var logs = (DirectoryInode)log;
        Make((DirectoryInode)frozen, "old"u8, InodeKind.File).Release();
        Make(logs, "old"u8, InodeKind.File).Release();
        SetFlags(frozen, InodeFlags.Immutable);
        SetFlags(log, InodeFlags.AppendOnly);
        Assert.Equal(Errno.EPERM, ((DirectoryInode)frozen).Create("new"u8, new NewInode { Mode = ModeBits.Of(InodeKind.File, 0) }).Error);
        Assert.Equal(Errno.EPERM, ((DirectoryInode)frozen).Unlink("old"u8));
        Assert.True(((DirectoryInode)frozen).CreateDetached(new NewInode { Mode = ModeBits.Of(InodeKind.File, 0) }).TryGet(out Inode copy, out _));
        Assert.Equal(Errno.None, ((LayerDirectory)frozen).Install("copied up"u8, copy));
        copy.Release();
        Assert.Equal(Errno.EPERM, root.Rename("file"u8, (DirectoryInode)frozen, "file"u8, RenameFlags.None));
        Assert.Equal(Errno.EPERM, root.RemoveDirectory("frozen"u8));
        Assert.Equal(Errno.EPERM, root.Rename("frozen"u8, root, "moved"u8, RenameFlags.None));
        Make(logs, "new"u8, InodeKind.File).Release();
        Assert.Equal(Errno.EPERM, logs.Unlink("old"u8));
        Assert.Equal(Errno.EPERM, logs.Rename("old"u8, root, "old"u8, RenameFlags.None));
        SetFlags(file, InodeFlags.Immutable);
        Assert.Equal(Errno.EPERM, root.Link("second"u8, file));
        Assert.Equal(Errno.EPERM, root.Unlink("file"u8));
        file.Release();
        frozen.Release();
        log.Release();
        VolumeImage.End(volume);
        image.AssertClean();
    }

    private static Inode Make(DirectoryInode directory, ReadOnlySpan<byte> name, InodeKind kind)
    {
        Assert.True(directory.Create(name, new NewInode { Mode = ModeBits.Of(kind, 0x1ED) }).TryGet(out Inode made, out Errno error), $"{error}");
        return made;
    }

    private static void SetFlags(Inode inode, InodeFlags flags) =>
        Assert.Equal(Errno.None, inode.SetAttributes(new AttributeChange { Fields = AttributeFields.Flags, Flags = flags }));
}
