namespace Ext2Union.Vfs.Tests;

public sealed class ContractTests
{
    [Fact]
    public void A_result_holds_a_value_or_an_error()
    {
        Result<int> value = 5;
        Assert.True(value.Succeeded);
        Assert.True(value.TryGet(out int five, out Errno none));
        Assert.Equal((5, Errno.None), (five, none));
        Result<int> failure = Errno.ENOENT;
        Assert.False(failure.Succeeded);
        Assert.False(failure.TryGet(out _, out Errno error));
        Assert.Equal(Errno.ENOENT, error);
    }

    [Fact]
    public void The_last_release_tells_the_inode()
    {
        StubDirectory inode = new(0, 0, null);
        inode.Acquire();
        inode.Acquire();
        inode.Release(2);
        Assert.Equal(0, inode.LastReleasedCount);
        inode.Release();
        Assert.Equal(1, inode.LastReleasedCount);
    }

    [Theory]
    [InlineData(0u, 0u)]
    [InlineData(8u, 1u)]
    [InlineData(4095u, 1048575u)]
    [InlineData(259u, 70000u)]
    public void A_device_number_survives_its_encoding(uint major, uint minor) =>
        Assert.Equal(new DeviceNumber(major, minor), DeviceNumber.FromEncoded(new DeviceNumber(major, minor).Encoded));

    [Fact]
    public void Modes_and_kinds_are_two_views_of_one_number()
    {
        Assert.Equal(InodeKind.Symlink, ModeBits.KindOf(Convert.ToUInt32("120777", 8)));
        Assert.Equal(Convert.ToUInt32("40755", 8), ModeBits.Of(InodeKind.Directory, Convert.ToUInt32("755", 8)));
    }

    [Fact]
    public void Immutable_and_append_only_forbid_what_the_kernel_forbids()
    {
        const InodeFlags Immutable = InodeFlags.Immutable;
        const InodeFlags Append = InodeFlags.AppendOnly;
        Assert.Equal(Errno.None, Protection.Open(Immutable, OpenMode.Read));
        Assert.Equal(Errno.EPERM, Protection.Open(Immutable, OpenMode.Write | OpenMode.Append));
        Assert.Equal(Errno.None, Protection.Open(Append, OpenMode.Write | OpenMode.Append));
        Assert.Equal(Errno.EPERM, Protection.Open(Append, OpenMode.Write));
        Assert.Equal(Errno.EPERM, Protection.Open(Append, OpenMode.Write | OpenMode.Append | OpenMode.Truncate));
        Assert.Equal(Errno.EPERM, Protection.ChangeAttributes(Append, AttributeFields.Mode));
        Assert.Equal(Errno.None, Protection.ChangeAttributes(Immutable, AttributeFields.Flags));
        Assert.Equal(Errno.EPERM, Protection.ChangeAttributes(Immutable, AttributeFields.ModifyTime));
        Assert.Equal(Errno.EPERM, Protection.ChangeXattr(Append));
        Assert.Equal(Errno.EPERM, Protection.ChangeSize(Append));
        Assert.Equal(Errno.None, Protection.Allocate(Append, AllocateMode.KeepSize));
        Assert.Equal(Errno.EPERM, Protection.Allocate(Append, AllocateMode.KeepSize | AllocateMode.PunchHole));
        Assert.Equal(Errno.None, Protection.AddName(Append));
        Assert.Equal(Errno.EPERM, Protection.AddName(Immutable));
        Assert.Equal(Errno.EPERM, Protection.RemoveName(Append, InodeFlags.None));
        Assert.Equal(Errno.EPERM, Protection.RemoveName(InodeFlags.None, Append));
        Assert.Equal(Errno.EPERM, Protection.LinkTo(Immutable));
    }
}
