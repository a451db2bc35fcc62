using System.Buffers.Binary;
using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory.Tests;

/// <summary>What a top needs to find this layer, and the sources of its copies, again.</summary>
public class SourceTests
{
    [Theory]
    [InlineData("file")]
    [InlineData("dir")]
    [InlineData("dir/b/deep")]
    [InlineData("dir/link")]
    public void A_source_is_found_by_its_path_after_a_remount(string path)
    {
        using HostFixture fixture = Filled();
        Inode inode = fixture.Find(path);
        byte[] buffer = new byte[100];
        Assert.Equal(Errno.None, fixture.FileSystem.GetSourcePath(inode, buffer, out int length));
        Assert.Equal(path, Encoding.UTF8.GetString(buffer, 0, length));
        Assert.Equal(Errno.None, fixture.FileSystem.GetSourcePath(inode, [], out length));
        Assert.Equal(path.Length, length);
        Assert.Equal(Errno.ERANGE, fixture.FileSystem.GetSourcePath(inode, buffer.AsSpan(0, path.Length - 1), out _));
        ulong number = inode.Number;
        uint generation = inode.Generation;
        inode.Release();

        using HostFileSystem again = HostFileSystem.Open(fixture.Path).Value;
        Assert.Equal(Errno.ESTALE, again.FindSource(number, []).Error);
        Inode found = again.FindSource(number, Encoding.UTF8.GetBytes(path)).Value;
        Assert.Equal((number, generation), (found.Number, found.Generation));
        Inode held = again.FindSource(number, []).Value;
        Assert.Same(found, held);
        held.Release();
        found.Release();
        Assert.Equal(Errno.ESTALE, again.FindSource(number + 1, Encoding.UTF8.GetBytes(path)).Error);
    }

    [Fact]
    public void What_is_something_else_by_now_is_not_found()
    {
        using HostFixture fixture = Filled();
        Inode inode = fixture.Find("dir/b/deep");
        ulong number = inode.Number;
        inode.Release();
        using HostFileSystem again = HostFileSystem.Open(fixture.Path).Value;
        byte[] path = "dir/b/deep"u8.ToArray();
        File.Move($"{fixture.Path}/dir/b/deep", $"{fixture.Path}/dir/b/moved");
        Assert.Equal(Errno.ESTALE, again.FindSource(number, path).Error);
        File.WriteAllText($"{fixture.Path}/dir/b/deep", "another");
        Assert.Equal(Errno.ESTALE, again.FindSource(number, path).Error);

        // A symlink in the way is not followed, even to the right place.
        Directory.Move($"{fixture.Path}/dir/b", $"{fixture.Path}/dir/c");
        Assert.Equal(Errno.None, Posix.MakeSymlink(HostFixture.B($"{fixture.Path}/dir/b"), HostFixture.B("c")));
        Assert.Equal(Errno.ESTALE, again.FindSource(number, "dir/b/moved"u8).Error);
        Assert.Equal(Errno.ESTALE, again.FindSource(number, "file/moved"u8).Error);
        Inode found = again.FindSource(number, "dir/c/moved"u8).Value;
        Assert.Equal(number, found.Number);
        found.Release();
    }

    [Fact]
    public void An_object_that_went_has_no_path()
    {
        using HostFixture fixture = Filled();
        Inode inode = fixture.Find("file");
        File.Delete($"{fixture.Path}/file");
        File.WriteAllText($"{fixture.Path}/file", "new");
        Inode other = fixture.Find("file");
        if (inode.Number == other.Number)
        {
            Assert.Equal(Errno.ESTALE, fixture.FileSystem.GetSourcePath(inode, new byte[100], out _));
        }

        Assert.Equal(Errno.None, fixture.FileSystem.GetSourcePath(fixture.Root, new byte[1], out int length));
        Assert.Equal(0, length);
        other.Release();
        inode.Release();
    }

    [Fact]
    public void Files_of_submounts_are_found_although_their_numbers_are_new()
    {
        using HostFixture fixture = Filled();
        fixture.MountTmpfs("mounted");
        File.WriteAllText($"{fixture.Path}/mounted/first", "1");
        File.WriteAllText($"{fixture.Path}/mounted/second", "2");
        Inode inode = fixture.Find("mounted/second");
        ulong number = inode.Number;
        inode.Release();
        using HostFileSystem again = HostFileSystem.Open(fixture.Path).Value;
        Inode directory = again.Root.Lookup("mounted"u8).Value;
        Inode first = ((DirectoryInode)directory).Lookup("first"u8).Value;
        Inode found = again.FindSource(number, "mounted/second"u8).Value;
        Assert.Equal(Errno.None, ((FileInode)found).Read(0, new byte[1], out int read));
        Assert.Equal(1, read);
        found.Release();
        first.Release();
        directory.Release();
    }

    [Fact]
    public void A_directory_is_known_by_number_birth_and_file_system()
    {
        using HostFixture fixture = Filled();
        LayerIdentity identity = fixture.FileSystem.Identity;
        Assert.Equal(LayerKind.HostDirectory, identity.Kind);
        Assert.Equal($"directory {fixture.Path}", identity.Text);
        Assert.Equal(28, identity.Value.Length);
        Assert.Equal(fixture.OnHost(".").Inode, BinaryPrimitives.ReadUInt64LittleEndian(identity.Value));
        Assert.Equal(Convert.ToUInt64(ProcessRunner.Check("stat", "-f", "-c", "%t", fixture.Path).Trim(), 16), BinaryPrimitives.ReadUInt64LittleEndian(identity.Value.AsSpan(20)));
        using HostFileSystem again = HostFileSystem.Open(fixture.Path + "/./").Value;
        using HostFileSystem other = HostFileSystem.Open(fixture.Path + "/dir").Value;
        Assert.Equal(identity, again.Identity);
        Assert.NotEqual(identity, other.Identity);
    }

    private static HostFixture Filled()
    {
        var fixture = new HostFixture();
        _ = Directory.CreateDirectory($"{fixture.Path}/dir/b");
        File.WriteAllText($"{fixture.Path}/file", "f");
        File.WriteAllText($"{fixture.Path}/dir/b/deep", "deep");
        Assert.Equal(Errno.None, Posix.MakeSymlink(HostFixture.B($"{fixture.Path}/dir/link"), HostFixture.B("b")));
        return fixture;
    }
}
