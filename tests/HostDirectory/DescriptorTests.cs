using Ext2Union.Linux.Directories;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory.Tests;

public sealed class DescriptorTests
{
    [Fact]
    public void Descriptors_are_few_however_deep_and_wide_the_tree_is()
    {
        using HostFixture fixture = new() { DescriptorCount = 8 };
        string deep = fixture.Path;
        for (int i = 0; i < 60; i++)
        {
            deep = Directory.CreateDirectory($"{deep}/d{i}").FullName;
            File.WriteAllText($"{deep}/file", $"content {i}");
        }

        List<Inode> held = [];
        for (int depth = 1; depth <= 60; depth++)
        {
            held.Add(fixture.Find(string.Concat(Enumerable.Range(0, depth).Select(i => $"d{i}/")) + "file"));
        }

        Random random = new(77);
        byte[] buffer = new byte[64];
        for (int round = 0; round < 500; round++)
        {
            int index = random.Next(60);
            Assert.Equal(Errno.None, ((FileInode)held[index]).Read(0, buffer, out int length));
            Assert.Equal($"content {index}", System.Text.Encoding.UTF8.GetString(buffer, 0, length));
            Assert.True(fixture.FileSystem.OpenDescriptorCount <= 8, $"{fixture.FileSystem.OpenDescriptorCount} are open.");
        }

        held.ForEach(inode => inode.Release());
        Assert.Equal(1, fixture.FileSystem.OpenDescriptorCount);
    }

    [Fact]
    public void A_tree_may_be_deeper_than_a_stack()
    {
        const int Hops = 3, Levels = 1000;
        using HostFixture fixture = new();
        string folders = string.Concat(Enumerable.Repeat("d/", Levels));
        int at = EntryCalls.Open(EntryCalls.CurrentDirectory, HostFixture.B(fixture.Path + "\0"), EntryCalls.PathOnly).Value;
        for (int hop = 0; hop < Hops; hop++)
        {
            // A path has 4095 bytes at most; one that begins at a descriptor goes on from there.
            string path = $"/proc/{Environment.ProcessId}/fd/{at}/{folders}";
            _ = ProcessRunner.Check("mkdir", "-p", path);
            int next = EntryCalls.Open(EntryCalls.CurrentDirectory, HostFixture.B(path + "\0"), EntryCalls.PathOnly).Value;
            Linux.Descriptors.DescriptorCalls.Close(at);
            at = next;
        }

        Linux.Descriptors.DescriptorCalls.Close(at);
        Inode deepest = fixture.Find(string.Concat(Enumerable.Repeat("d/", Hops * Levels)));
        Assert.Equal(Errno.None, deepest.GetAttributes(out Attributes attributes));
        Inode found = fixture.FileSystem.Find(attributes.Inode).Value;
        Assert.Same(deepest, found);
        found.Release();
        deepest.Release();
        Assert.Equal(1, fixture.FileSystem.OpenDescriptorCount);
        Assert.Equal(Errno.ESTALE, fixture.FileSystem.Find(attributes.Inode).Error);
    }

    [Fact]
    public void A_walk_over_files_opens_no_descriptor_for_each()
    {
        using HostFixture fixture = new();
        for (int i = 0; i < 50; i++)
        {
            File.WriteAllText($"{fixture.Path}/f{i}", "");
        }

        List<Inode> held = [.. Enumerable.Range(0, 50).Select(i => fixture.Find($"f{i}"))];
        held.ForEach(inode => Assert.Equal(Errno.None, inode.GetAttributes(out _)));
        Assert.Equal(1, fixture.FileSystem.OpenDescriptorCount);
        held.ForEach(inode => inode.Release());
    }

    [Fact]
    public void Closing_leaves_no_descriptor()
    {
        using ScratchDirectory scratch = new("host");
        File.WriteAllText(scratch["file"], "x");
        string[] before = OpenIn(scratch.FullPath);
        HostFileSystem fileSystem = HostFileSystem.Open(scratch.FullPath).Value;
        FileInode file = (FileInode)fileSystem.Root.Lookup("file"u8).Value;
        Assert.Equal(Errno.None, file.Read(0, new byte[1], out _));
        Assert.NotEmpty(OpenIn(scratch.FullPath));
        fileSystem.Dispose();
        file.Release();
        Assert.Equal(before, OpenIn(scratch.FullPath));
    }

    [Fact]
    public void What_the_host_replaced_is_stale_and_found_anew()
    {
        using HostFixture fixture = new();
        File.WriteAllText($"{fixture.Path}/file", "old");
        _ = Directory.CreateDirectory($"{fixture.Path}/dir");
        File.WriteAllText($"{fixture.Path}/dir/in", "in");
        Inode old = fixture.Find("file");
        Inode below = fixture.Find("dir/in");
        File.WriteAllText($"{fixture.Path}/new", "new");
        File.Move($"{fixture.Path}/new", $"{fixture.Path}/file", true);
        Assert.Equal(Errno.ESTALE, old.GetAttributes(out _));
        Assert.Equal(Errno.ESTALE, ((FileInode)old).Read(0, new byte[3], out _));
        Inode replaced = fixture.Find("file");
        Assert.NotSame(old, replaced);
        Assert.Equal(Errno.None, replaced.GetAttributes(out _));
        replaced.Release();
        old.Release();

        Directory.Move($"{fixture.Path}/dir", $"{fixture.Path}/moved");
        Inode again = fixture.Find("moved/in");
        Assert.Same(below, again);
        Assert.Equal(Errno.None, below.GetAttributes(out _));
        again.Release();
        below.Release();
    }

    [Fact]
    public void Several_threads_may_list_and_read_at_once()
    {
        using HostFixture fixture = new() { DescriptorCount = 4 };
        for (int i = 0; i < 200; i++)
        {
            File.WriteAllText($"{Directory.CreateDirectory($"{fixture.Path}/d{i % 10}").FullName}/f{i}", $"{i}");
        }

        _ = fixture.FileSystem;
        Parallel.For(0, 8, thread =>
        {
            byte[] buffer = new byte[8];
            for (int i = thread; i < 200; i += 3)
            {
                FileInode file = (FileInode)fixture.Find($"d{i % 10}/f{i}");
                Assert.Equal(Errno.None, file.Read(0, buffer, out int length));
                Assert.Equal($"{i}", System.Text.Encoding.UTF8.GetString(buffer, 0, length));
                file.Release();
                DirectoryInode directory = (DirectoryInode)fixture.Find($"d{i % 10}");
                Assert.Equal(20, HostFixture.List(directory, 3).Count);
                directory.Release();
            }
        });
        Assert.Equal(1, fixture.FileSystem.OpenDescriptorCount);
    }

    [Fact]
    public void Submounts_are_followed_and_their_numbers_are_unique()
    {
        Need.Root();
        using HostFixture fixture = new();
        fixture.MountTmpfs("one");
        fixture.MountTmpfs("two");
        File.WriteAllText($"{fixture.Path}/one/file", "1");
        File.WriteAllText($"{fixture.Path}/two/file", "2");
        Assert.Equal(fixture.OnHost("one/file").Inode, fixture.OnHost("two/file").Inode);
        string[] paths = ["", "one", "two", "one/file", "two/file"];
        ulong[] numbers = [.. paths.Select(path => fixture.Attributes(path).Inode)];
        Assert.Equal(5, numbers.Distinct().Count());
        Assert.Equal(numbers, paths.Select(path => fixture.Attributes(path).Inode));
        DirectoryInode one = (DirectoryInode)fixture.Find("one");
        Assert.Equal([fixture.Attributes("one/file").Inode], HostFixture.List(one).Select(entry => entry.Inode));
        DirectoryInode above = one.Parent().Value;
        Assert.Same(fixture.Root, above);
        above.Release();
        one.Release();
    }

    [Fact]
    public void Our_own_mount_is_an_empty_directory()
    {
        Need.Root();
        using HostFixture fixture = new();
        fixture.MountTmpfs("own");
        File.WriteAllText($"{fixture.Path}/own/file", "1");
        fixture.FileSystem.ExcludeMount(MountIdOf($"{fixture.Path}/own"));
        DirectoryInode own = (DirectoryInode)fixture.Find("own");
        Assert.Equal(InodeKind.Directory, own.Kind);
        Assert.Empty(HostFixture.List(own));
        Assert.Equal(Errno.ENOENT, own.Lookup("file"u8).Error);
        Assert.Equal(Errno.None, own.GetAttributes(out Attributes attributes));
        Assert.Equal((Convert.ToUInt32("40555", 8), own.Number), (attributes.Mode, attributes.Inode));
        Assert.Equal(Errno.ENODATA, own.GetXattr("user.a"u8, [], out _));
        own.Release();
        Assert.Single(HostFixture.List(fixture.Root));
    }

    [Fact]
    public void A_mount_over_the_root_changes_nothing()
    {
        Need.Root();
        using ScratchDirectory scratch = new("host");
        string folder = scratch.Folder("root");
        File.WriteAllText($"{folder}/file", "below");
        using HostFileSystem fileSystem = HostFileSystem.Open(folder).Value;
        Assert.Equal(0, ProcessRunner.Run("mount", "-t", "tmpfs", "none", folder).ExitCode);
        try
        {
            Result<Inode> found = fileSystem.Root.Lookup("file"u8);
            Assert.True(found.Succeeded);
            found.Value.Release();
        }
        finally
        {
            _ = ProcessRunner.Run("umount", folder);
        }
    }

    [Fact]
    public void Opening_what_is_no_directory_fails_and_a_link_to_one_is_followed()
    {
        using ScratchDirectory scratch = new("host");
        File.WriteAllText(scratch["file"], "");
        _ = File.CreateSymbolicLink(scratch["link"], scratch.Folder("dir"));
        Assert.Equal(Errno.ENOTDIR, HostFileSystem.Open(scratch["file"]).Error);
        Assert.Equal(Errno.ENOENT, HostFileSystem.Open(scratch["absent"]).Error);
        using HostFileSystem fileSystem = HostFileSystem.Open(scratch["link"]).Value;
        Assert.Equal(Errno.None, fileSystem.GetStatistics(out Statistics statistics));
        Assert.True(statistics.Blocks > 0 && statistics.MaximumNameBytes == 255);
    }

    private static string[] OpenIn(string folder) => [.. Directory.GetFileSystemEntries("/proc/self/fd")
        .Select(link => new FileInfo(link).LinkTarget ?? "").Where(target => target.StartsWith(folder, StringComparison.Ordinal))];

    private static ulong MountIdOf(string path)
    {
        int descriptor = EntryCalls.Open(EntryCalls.CurrentDirectory, HostFixture.B(path + "\0"), EntryCalls.PathOnly).Value;
        Assert.Equal(Errno.None, EntryCalls.GetStatus(descriptor, "\0"u8, false, out EntryStatus status));
        Linux.Descriptors.DescriptorCalls.Close(descriptor);
        return status.MountId;
    }
}
