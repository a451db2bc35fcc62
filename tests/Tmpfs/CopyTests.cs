using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs.Tests;

public class CopyTests
{
    [Fact]
    public void Objects_remember_what_they_are_copies_of()
    {
        using Fixture fixture = new();
        CopyChecks.Records(fixture.FileSystem);
    }

    [Fact]
    public void What_lies_in_the_source_is_never_zeros()
    {
        using Fixture fixture = new();
        CopyChecks.Remainders(fixture.FileSystem, 4096);
        Assert.Equal(1000ul, fixture.FreePages);
    }

    [Fact]
    public void Copies_are_found_by_their_source()
    {
        using Fixture fixture = new();
        ulong inodes = fixture.FreeInodes;
        CopyChecks.Index(fixture.FileSystem);
        Assert.Equal(inodes, fixture.FreeInodes);
    }

    [Fact]
    public void Lowers_are_remembered_until_the_end()
    {
        using Fixture fixture = new();
        CopyChecks.Lowers(fixture.FileSystem);
        Assert.Equal(LayerKind.Passing, fixture.FileSystem.Identity.Kind);
        using Fixture other = new();
        Assert.NotEqual(fixture.FileSystem.Identity, other.FileSystem.Identity);
    }

    [Fact]
    public void A_record_is_charged_like_an_attribute()
    {
        using Fixture fixture = new();
        FileInode file = fixture.File("f");
        CopySource source = new() { Layer = 1, Inode = 1 };
        Assert.Equal(Errno.None, file.SetCopySource(source, new byte[1000]));
        Assert.Equal(Errno.None, file.SetXattr("user.a"u8, new byte[65000], XattrFlags.None));
        Assert.Equal(Errno.None, file.SetXattr("user.b"u8, new byte[64900], XattrFlags.None));
        Assert.Equal(Errno.ENOSPC, file.SetCopySource(source, new byte[4000]));
        Assert.Equal(Errno.ENOSPC, file.SetXattr("user.c"u8, new byte[1000], XattrFlags.None));
        Assert.Equal(Errno.None, file.SetCopySource(source, []));
        Assert.Equal(Errno.None, file.SetXattr("user.c"u8, new byte[1000], XattrFlags.None));
        file.Release();
    }

    [Fact]
    public void A_huge_sparse_copy_answers_at_once()
    {
        using Fixture fixture = new();
        FileInode file = CopyChecks.Incomplete(fixture.FileSystem, 1L << 60);
        Assert.Equal(Errno.None, file.Write(1L << 59, new byte[4096], out _));
        Assert.Equal(Errno.None, file.GetExtent(0, long.MaxValue, out bool isHole, out long until));
        Assert.Equal((true, 1L << 59), (isHole, until));
        Assert.Equal(Errno.None, file.GetExtent((1L << 59) + 4096, long.MaxValue, out isHole, out until));
        Assert.Equal((true, long.MaxValue), (isHole, until));
        Assert.Equal(Errno.EIO, file.Read((1L << 60) - 1, new byte[1], out _));
        Assert.Equal(Errno.None, file.Read(1L << 60, new byte[1], out int read));
        Assert.Equal(0, read);
        file.Release();
    }
}
