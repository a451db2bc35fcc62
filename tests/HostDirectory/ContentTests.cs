using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory.Tests;

public sealed class ContentTests
{
    [Fact]
    public void Attributes_are_those_of_lstat()
    {
        Need.Root();
        using HostFixture fixture = new();
        string path = fixture.Path;
        File.WriteAllText($"{path}/file", "content");
        _ = Directory.CreateDirectory($"{path}/dir/below");
        Assert.Equal(Errno.None, Posix.MakeSymlink(HostFixture.B($"{path}/link"), "nowhere"u8.ToArray()));
        Assert.Equal(Errno.None, Posix.MakeNode(HostFixture.B($"{path}/null"), Convert.ToUInt32("20640", 8), new DeviceNumber(1, 3)));
        Assert.Equal(Errno.None, Posix.MakeNode(HostFixture.B($"{path}/pipe"), Convert.ToUInt32("10604", 8), default));
        Assert.Equal(Errno.None, Posix.ChangeOwner(HostFixture.B($"{path}/link"), 7, 8));
        Assert.Equal(Errno.None, Posix.SetTimes(HostFixture.B($"{path}/file"), new Timestamp(-7, 3), new Timestamp(1L << 33, 999_999_999)));
        foreach (string name in (string[])["file", "dir", "dir/below", "link", "null", "pipe", ""])
        {
            Attributes shown = fixture.Attributes(name);
            Attributes expected = fixture.OnHost(name);
            expected.Generation = shown.Generation;
            Assert.Equal(expected, shown);
        }
    }

    [Fact]
    public void Names_are_bytes_and_listings_are_whole_at_any_piece_size()
    {
        using HostFixture fixture = new();
        byte[] odd = [.. HostFixture.B(fixture.Path + "/"), 0xFF, 0xFE, 0x41];
        Assert.Equal(Errno.None, Posix.MakeDirectory(odd, 511));
        string longest = new('n', 255);
        File.WriteAllText($"{fixture.Path}/{longest}", "");
        for (int i = 0; i < 300; i++)
        {
            File.WriteAllText($"{fixture.Path}/name{i}", "");
        }

        foreach (int atOnce in (int[])[1, 7, int.MaxValue])
        {
            List<(byte[] Name, ulong Inode, InodeKind Kind)> listed = HostFixture.List(fixture.Root, atOnce);
            Assert.Equal(302, listed.Count);
            Assert.Equal(302, listed.Select(entry => Convert.ToHexString(entry.Name)).Distinct().Count());
            foreach ((byte[] name, ulong inode, InodeKind kind) in listed)
            {
                Inode found = fixture.Root.Lookup(name).Value;
                Assert.Equal((found.Number, found.Kind), (inode, kind));
                found.Release();
            }
        }

        Inode directory = fixture.Root.Lookup([0xFF, 0xFE, 0x41]).Value;
        Assert.Equal(InodeKind.Directory, directory.Kind);
        directory.Release();
        Assert.Equal(Errno.ENAMETOOLONG, fixture.Root.Lookup(HostFixture.B(longest + "n")).Error);
        Assert.Equal(Errno.ENOENT, fixture.Root.Lookup("absent"u8).Error);
    }

    [Fact]
    public void Content_holes_and_targets_are_read()
    {
        using HostFixture fixture = new();
        byte[] data = new byte[100_000];
        new Random(5).NextBytes(data);
        File.WriteAllBytes($"{fixture.Path}/file", data);
        Assert.Equal(Errno.None, Posix.Write(HostFixture.B($"{fixture.Path}/sparse"), Posix.OpenFlags.ReadWrite | Posix.OpenFlags.Create, 10 << 20, [1]));
        Assert.Equal(Errno.None, Posix.MakeSymlink(HostFixture.B($"{fixture.Path}/link"), "some/where"u8.ToArray()));

        FileInode file = (FileInode)fixture.Find("file");
        byte[] read = new byte[data.Length + 10];
        Assert.Equal(Errno.None, file.Read(0, read, out int length));
        Assert.Equal(data, read[..length]);
        Assert.Equal(Errno.None, file.Read(99_000, read, out length));
        Assert.Equal(data[99_000..], read[..length]);
        file.Release();

        FileInode sparse = (FileInode)fixture.Find("sparse");
        Assert.Equal(Errno.None, sparse.Seek(0, SeekKind.Data, out long position));
        Assert.Equal(10 << 20, position);
        Assert.Equal(Errno.None, sparse.Seek(0, SeekKind.Hole, out position));
        Assert.Equal(0, position);
        Assert.Equal(Errno.ENXIO, sparse.Seek((10 << 20) + 1, SeekKind.Data, out _));
        sparse.Release();

        SymlinkInode link = (SymlinkInode)fixture.Find("link");
        Assert.Equal(Errno.None, link.ReadTarget(read, out length));
        Assert.Equal("some/where"u8.ToArray(), read[..length]);
        Assert.Equal(Errno.ERANGE, link.ReadTarget(new byte[3], out _));
        link.Release();
    }

    [Fact]
    public void Xattrs_and_acls_are_shown_of_symlinks_too()
    {
        Need.Root();
        using HostFixture fixture = new();
        File.WriteAllText($"{fixture.Path}/file", "");
        Assert.Equal(Errno.None, Posix.MakeSymlink(HostFixture.B($"{fixture.Path}/link"), "file"u8.ToArray()));
        Assert.Equal(Errno.None, Posix.SetXattr(HostFixture.B($"{fixture.Path}/file"), "user.a"u8.ToArray(), "value"u8.ToArray(), XattrFlags.None));
        Assert.Equal(Errno.None, Posix.SetXattr(HostFixture.B($"{fixture.Path}/link"), "trusted.l"u8.ToArray(), "own"u8.ToArray(), XattrFlags.None));
        Assert.Equal(0, ProcessRunner.Run("setfacl", "-m", "u:1000:rwx", $"{fixture.Path}/file").ExitCode);

        Inode file = fixture.Find("file");
        byte[] buffer = new byte[256];
        Assert.Equal(Errno.None, file.ListXattr(buffer, out int length));
        Assert.Equal(["system.posix_acl_access", "user.a"], Posix.SplitXattrs(buffer.AsSpan(0, length)));
        Assert.Equal(Errno.ERANGE, file.ListXattr(new byte[3], out int needed));
        Assert.Equal(length, needed);
        Assert.Equal(Errno.ERANGE, file.GetXattr("user.a"u8, new byte[3], out needed));
        Assert.Equal(5, needed);
        Assert.Equal(Errno.None, file.GetXattr("user.a"u8, [], out needed));
        Assert.Equal(5, needed);
        Assert.Equal(Errno.ENODATA, file.GetXattr("user.b"u8, buffer, out _));
        Assert.Equal(Errno.None, file.GetXattr(PosixAcl.AccessName, buffer, out length));
        Assert.Equal(Errno.None, PosixAcl.Check(buffer.AsSpan(0, length)));
        file.Release();

        Inode link = fixture.Find("link");
        Assert.Equal(Errno.None, link.GetXattr("trusted.l"u8, buffer, out length));
        Assert.Equal("own"u8.ToArray(), buffer[..length]);
        Assert.Equal(Errno.ENODATA, link.GetXattr("trusted.a"u8, buffer, out _));
        link.Release();
    }

    [Fact]
    public void Nothing_can_be_changed_and_nothing_is()
    {
        using HostFixture fixture = new();
        File.WriteAllText($"{fixture.Path}/file", "content");
        Timestamp longAgo = new(1000, 5);
        Assert.Equal(Errno.None, Posix.SetTimes(HostFixture.B($"{fixture.Path}/file"), longAgo, longAgo));
        Assert.Equal(Errno.None, Posix.SetTimes(HostFixture.B(fixture.Path), longAgo, longAgo));
        LayerDirectory root = fixture.Root;
        FileInode file = (FileInode)fixture.Find("file");
        Assert.Equal(Errno.EROFS, root.Create("x"u8, new NewInode { Mode = Convert.ToUInt32("100644", 8) }).Error);
        Assert.Equal(Errno.EROFS, root.Unlink("file"u8));
        Assert.Equal(Errno.EROFS, root.PutWhiteout("file"u8));
        Assert.Equal(Errno.EROFS, file.Write(0, [1], out _));
        Assert.Equal(Errno.EROFS, file.SetSize(0));
        Assert.Equal(Errno.EROFS, file.Opened(OpenMode.Write));
        Assert.Equal(Errno.None, file.Opened(OpenMode.Read));
        Assert.False(root.IsOpaque);
        Assert.Equal(SlotKind.Absent, root.Peek("x"u8).Value.Kind);
        Slot slot = root.Peek("file"u8).Value;
        Assert.Same(file, slot.Inode);
        slot.Inode!.Release();
        Assert.Equal(Errno.None, file.Read(0, new byte[10], out _));
        _ = HostFixture.List(root);
        file.Release();
        Assert.Equal(longAgo, fixture.OnHost("file").AccessTime);
        Assert.Equal(longAgo, fixture.OnHost("").AccessTime);
    }
}
