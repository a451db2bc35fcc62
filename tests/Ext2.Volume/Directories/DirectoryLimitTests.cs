using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>Edges: link limits, names that are too long or none, directories that are gone, and the cost of reading in garbage.</summary>
public sealed class DirectoryLimitTests
{
    [Fact]
    public void SubdirectoriesEndAtTheLinkLimitAndAnUncountedDirectoryStaysSo()
    {
        using VolumeImage image = new(new Mke2fs(), tree =>
        {
            _ = Directory.CreateDirectory(Path.Combine(tree, "full", "moved"));
            _ = Directory.CreateDirectory(Path.Combine(tree, "uncounted"));
        });
        _ = ProcessRunner.Check("/sbin/debugfs", "-w", "-R", "set_inode_field /full links_count 31999", image.Path);
        _ = ProcessRunner.Check("/sbin/debugfs", "-w", "-R", "set_inode_field /uncounted links_count 1", image.Path);
        Ext2Volume volume = image.Mount();
        DirectoryInode full = Open(volume, "full");
        DirectoryInode uncounted = Open(volume, "uncounted");
        Make(full, "last", InodeKind.Directory);
        Assert.Equal(Errno.EMLINK, full.Create("beyond"u8, new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0) }).Error);
        Make(full, "file", InodeKind.File);
        Make(uncounted, "sub", InodeKind.Directory);
        Assert.Equal(1u, LinksOf(uncounted));
        Assert.Equal(Errno.EMLINK, uncounted.Rename("sub"u8, full, "sub"u8, RenameFlags.None));
        Assert.Equal(Errno.None, uncounted.Rename("sub"u8, full, "last"u8, RenameFlags.None));
        Assert.Equal(32000u, LinksOf(full));
        Assert.Equal(1u, LinksOf(uncounted));
        Assert.Equal(Errno.None, full.Rename("moved"u8, uncounted, "moved"u8, RenameFlags.None));
        Assert.Equal(31999u, LinksOf(full));
        full.Release();
        uncounted.Release();
        VolumeImage.End(volume);
        Assert.Empty(image.Log.Lines);
    }

    [Fact]
    public void ImproperNamesAreNeverStored()
    {
        using VolumeImage image = new(new Mke2fs());
        Ext2Volume volume = image.Mount();
        var root = (LayerDirectory)volume.Root;
        byte[] longest = [.. Enumerable.Repeat((byte)'l', 255)];
        Make(root, Encoding.ASCII.GetString(longest), InodeKind.File);
        byte[] tooLong = [.. longest, (byte)'l'];
        Assert.Equal(Errno.ENAMETOOLONG, root.Lookup(tooLong).Error);
        Assert.Equal(Errno.ENAMETOOLONG, root.Create(tooLong, new NewInode { Mode = ModeBits.Of(InodeKind.File, 0) }).Error);
        foreach (string name in (string[])["", ".", "..", "a/b", "a\0b"])
        {
            byte[] bytes = Encoding.ASCII.GetBytes(name);
            Assert.Equal(Errno.ENOENT, root.Lookup(bytes).Error);
            Assert.NotEqual(Errno.None, root.Create(bytes, new NewInode { Mode = ModeBits.Of(InodeKind.File, 0) }).Error);
            Assert.NotEqual(Errno.None, root.PutWhiteout(bytes));
            Assert.NotEqual(Errno.None, root.PutFallthru(bytes));
            Assert.NotEqual(Errno.None, root.Rename(longest, root, bytes, RenameFlags.None));
            Assert.NotEqual(Errno.None, root.RemoveMark(bytes));
        }

        VolumeImage.End(volume);
        E2fsck.AssertCleanWithoutMarks(image.Path);
    }

    [Fact]
    public void ARemovedDirectoryTakesNothingMore()
    {
        using VolumeImage image = new(new Mke2fs());
        Ext2Volume volume = image.Mount();
        Make(volume.Root, "gone", InodeKind.Directory);
        Make(volume.Root, "file", InodeKind.File);
        var gone = (LayerDirectory)Open(volume, "gone");
        Assert.Equal(Errno.None, volume.Root.RemoveDirectory("gone"u8));
        Assert.Equal(Errno.ENOENT, gone.Create("x"u8, new NewInode { Mode = ModeBits.Of(InodeKind.File, 0) }).Error);
        Assert.Equal(Errno.ENOENT, volume.Root.Rename("file"u8, gone, "x"u8, RenameFlags.None));
        Assert.Equal(Errno.ENOENT, gone.PutWhiteout("x"u8));
        Assert.Equal(Errno.ESTALE, gone.Parent().Error);
        Assert.Empty(Listing.Of(gone));
        Assert.Equal(Errno.None, gone.GetAttributes(out Attributes attributes));
        Assert.Equal(0u, attributes.LinkCount);
        gone.Release();
        VolumeImage.End(volume);
        image.AssertClean();
    }

    [Fact]
    public void ReadingMakesNoGarbage()
    {
        using VolumeImage image = new(new Mke2fs { BlockBytes = 1024 });
        Ext2Volume volume = image.Mount();
        Make(volume.Root, "many", InodeKind.Directory);
        var many = (LayerDirectory)Open(volume, "many");
        for (int i = 0; i < 500; i++)
        {
            Make(many, $"name-{i}", InodeKind.File);
        }

        Assert.Equal(Errno.None, many.PutWhiteout("white"u8));
        Assert.True(many.Lookup("name-7"u8).TryGet(out Inode held, out _));
        CountingSink sink = new();
        Read(many, sink);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 20; i++)
        {
            Read(many, sink);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(21 * 500, sink.Count);
        held.Release();
        many.Release();
        VolumeImage.End(volume);
    }

    private static void Read(LayerDirectory many, CountingSink sink)
    {
        Result<Inode> found = many.Lookup("name-7"u8);
        found.Value.Release();
        if (many.Lookup("absent"u8).Error != Errno.ENOENT || many.Peek("white"u8).Value.Kind != SlotKind.Whiteout)
        {
            Assert.Fail("The wrong slot was found.");
        }

        if (many.Enumerate(0, sink) != Errno.None)
        {
            Assert.Fail("The listing failed.");
        }
    }

    private static uint LinksOf(Inode inode)
    {
        Assert.Equal(Errno.None, inode.GetAttributes(out Attributes attributes));
        return attributes.LinkCount;
    }

    private static DirectoryInode Open(Ext2Volume volume, string name)
    {
        Assert.True(volume.Root.Lookup(Encoding.ASCII.GetBytes(name)).TryGet(out Inode inode, out Errno error), $"{name}: {error}");
        return Assert.IsAssignableFrom<DirectoryInode>(inode);
    }

    private static void Make(DirectoryInode directory, string name, InodeKind kind)
    {
        Result<Inode> made = directory.Create(Encoding.ASCII.GetBytes(name), new NewInode { Mode = ModeBits.Of(kind, 0x1ED) });
        Assert.Equal(Errno.None, made.Error);
        made.Value.Release();
    }

    private sealed class CountingSink : DirectorySink
    {
        public int Count { get; private set; }

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            Count++;
            return true;
        }
    }
}
