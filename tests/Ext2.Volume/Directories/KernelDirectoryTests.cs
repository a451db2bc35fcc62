using System.Globalization;
using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>Directories that the kernel wrote and we read and change, and the other way round, in every hash and block size, judged by e2fsck.</summary>
public sealed class KernelDirectoryTests
{
    private const int FilesOfKernel = 1500;
    private const int FilesOfOurs = 1500;

    public static TheoryData<int, string, bool, string> Layouts => new()
    {
        { 1024, "half_md4", false, "" },
        { 1024, "legacy", true, "" },
        { 1024, "tea", false, "" },
        { 2048, "half_md4", true, "" },
        { 4096, "tea", true, "" },
        { 4096, "legacy", false, "" },
        { 1024, "half_md4", false, "^dir_index" },
        { 4096, "half_md4", false, "^filetype" },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void WeAndTheKernelWriteOneDirectoryInTurns(int blockBytes, string hash, bool isUnsigned, string features)
    {
        Need.LoopDevices();
        using VolumeImage image = new(new Mke2fs { BlockBytes = blockBytes, Features = features, Inodes = 8000 });
        _ = ProcessRunner.Check("/sbin/tune2fs", "-E", $"hash_alg={hash}", image.Path);
        _ = ProcessRunner.Check("/sbin/debugfs", "-w", "-R", $"set_super_value flags {(isUnsigned ? 2 : 1)}", image.Path);
        SortedSet<string> expected = new(StringComparer.Ordinal);
        string point = image.Scratch("mnt");
        using (LoopMount mount = new(image.Path, point, "ext4", readOnly: false))
        {
            _ = Directory.CreateDirectory(Path.Combine(point, "many"));
            for (int i = 0; i < FilesOfKernel; i++)
            {
                File.Create(Path.Combine(point, "many", NameOf(i))).Dispose();
                _ = expected.Add(NameOf(i));
            }
        }

        ChangeByUs(image, expected);
        image.AssertClean();
        using (LoopMount mount = new(image.Path, point, "ext4", readOnly: false))
        {
            SortedSet<string> seen = new(Directory.GetFileSystemEntries(Path.Combine(point, "many")).Select(path => Path.GetFileName(path)), StringComparer.Ordinal);
            Assert.Equal(expected, seen);
            foreach (string name in expected)
            {
                // By name, so that the kernel's index search has to find what we put.
                Assert.True(File.Exists(Path.Combine(point, "many", name)) || Directory.Exists(Path.Combine(point, "many", name)), name);
            }

            for (int i = 0; i < FilesOfOurs; i += 2)
            {
                File.Delete(Path.Combine(point, "many", NameOf(FilesOfKernel + i)));
                _ = expected.Remove(NameOf(FilesOfKernel + i));
            }
        }

        Ext2Volume volume = image.Mount();
        DirectoryInode many = OpenDirectory(volume, "many");
        Assert.Equal(expected, Listing.Names(many));
        many.Release();
        VolumeImage.End(volume);
        image.AssertClean();
    }

    private static void ChangeByUs(VolumeImage image, SortedSet<string> expected)
    {
        Ext2Volume volume = image.Mount();
        DirectoryInode many = OpenDirectory(volume, "many");
        Assert.Equal(expected, Listing.Names(many));
        foreach (string name in expected)
        {
            Assert.True(many.Lookup(Encoding.UTF8.GetBytes(name)).TryGet(out Inode found, out Errno error), $"{name}: {error}");
            found.Release();
        }

        for (int i = 0; i < FilesOfOurs; i++)
        {
            string name = NameOf(FilesOfKernel + i);
            uint mode = ModeBits.Of(i % 50 == 0 ? InodeKind.Directory : InodeKind.File, 0x1ED);
            Assert.True(many.Create(Encoding.UTF8.GetBytes(name), new NewInode { Mode = mode }).TryGet(out Inode made, out Errno error), $"{name}: {error}");
            made.Release();
            if (i % 50 != 0 || i % 2 != 0)
            {
                _ = expected.Add(name);
            }
            else
            {
                Assert.Equal(Errno.None, many.RemoveDirectory(Encoding.UTF8.GetBytes(name)));
                Assert.True(many.Create(Encoding.UTF8.GetBytes(name), new NewInode { Mode = ModeBits.Of(InodeKind.Fifo, 0x180) }).TryGet(out made, out error), $"{error}");
                made.Release();
                _ = expected.Add(name);
            }
        }

        for (int i = 0; i < FilesOfKernel; i += 3)
        {
            Assert.Equal(Errno.None, many.Unlink(Encoding.UTF8.GetBytes(NameOf(i))));
            _ = expected.Remove(NameOf(i));
        }

        for (int i = 1; i < FilesOfKernel; i += 3)
        {
            string renamed = "renamed " + NameOf(i);
            Assert.Equal(Errno.None, many.Rename(Encoding.UTF8.GetBytes(NameOf(i)), many, Encoding.UTF8.GetBytes(renamed), RenameFlags.None));
            _ = expected.Remove(NameOf(i));
            _ = expected.Add(renamed);
        }

        Assert.Equal(expected, Listing.Names(many));
        many.Release();
        VolumeImage.End(volume);
    }

    private static DirectoryInode OpenDirectory(Ext2Volume volume, string name)
    {
        Assert.True(volume.Root.Lookup(Encoding.UTF8.GetBytes(name)).TryGet(out Inode inode, out Errno error), $"{name}: {error}");
        return Assert.IsAssignableFrom<DirectoryInode>(inode);
    }

    // Letters beyond ASCII, so that signed and unsigned hashes differ; lengths from short to long.
    private static string NameOf(int index) =>
        $"{index.ToString(CultureInfo.InvariantCulture)}-äöü" + new string((char)('a' + (index % 26)), index % 7 == 0 ? index % 60 : 4);
}
