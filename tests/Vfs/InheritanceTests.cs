namespace Ext2Union.Vfs.Tests;

public sealed class InheritanceTests
{
    private const uint No = AclEntry.NoId;
    private static readonly byte[] DefaultAcl = PosixAclTests.Acl(
        (AclTag.Owner, 7, No), (AclTag.User, 7, 1000), (AclTag.OwningGroup, 5, No), (AclTag.Mask, 7, No), (AclTag.Other, 0, No));

    private static uint Octal(string digits) => Convert.ToUInt32(digits, 8);

    [Fact]
    public void Without_default_acl_the_umask_applies_and_nothing_is_allocated()
    {
        StubDirectory parent = new(Octal("40755"), 7, null);
        Span<byte> scratch = new byte[Inheritance.ScratchBytes];
        _ = Inheritance.Of(parent, Octal("100666"), Octal("22"), 1000, 100, scratch, out NewInode what);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Errno error = Inheritance.Of(parent, Octal("100666"), Octal("22"), 1000, 100, scratch, out what);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(Errno.None, error);
        Assert.Equal(Octal("100644"), what.Mode);
        Assert.Equal((1000u, 100u), (what.UserId, what.GroupId));
        Assert.True(what.AccessAcl.IsEmpty && what.DefaultAcl.IsEmpty);
    }

    [Fact]
    public void A_default_acl_stands_in_for_the_umask()
    {
        StubDirectory parent = new(Octal("40755"), 7, DefaultAcl);
        Span<byte> scratch = stackalloc byte[256];
        Assert.Equal(Errno.None, Inheritance.Of(parent, Octal("100664"), Octal("77"), 1, 1, scratch, out NewInode file));
        Assert.Equal(Octal("100660"), file.Mode);
        Assert.True(file.DefaultAcl.IsEmpty);
        Assert.Equal(6, PosixAcl.EntryOf(file.AccessAcl, 3).Permissions);

        Assert.Equal(Errno.None, Inheritance.Of(parent, Octal("40777"), Octal("77"), 1, 1, scratch, out NewInode directory));
        Assert.Equal(Octal("40770"), directory.Mode);
        Assert.True(directory.DefaultAcl.SequenceEqual(DefaultAcl));
        Assert.Equal(7, PosixAcl.EntryOf(directory.AccessAcl, 3).Permissions);

        Assert.Equal(Errno.None, Inheritance.Of(parent, Octal("120777"), Octal("77"), 1, 1, scratch, out NewInode symlink));
        Assert.Equal(Octal("120777"), symlink.Mode);
        Assert.True(symlink.AccessAcl.IsEmpty && symlink.DefaultAcl.IsEmpty);
    }

    [Fact]
    public void A_default_acl_that_is_a_mode_leaves_no_access_acl()
    {
        byte[] minimal = PosixAclTests.Acl((AclTag.Owner, 7, No), (AclTag.OwningGroup, 5, No), (AclTag.Other, 0, No));
        Span<byte> scratch = stackalloc byte[256];
        Assert.Equal(Errno.None, Inheritance.Of(new StubDirectory(Octal("40755"), 7, minimal), Octal("40777"), 0, 1, 1, scratch, out NewInode what));
        Assert.Equal(Octal("40750"), what.Mode);
        Assert.True(what.AccessAcl.IsEmpty);
        Assert.True(what.DefaultAcl.SequenceEqual(minimal));
    }

    [Fact]
    public void Too_small_a_scratch_is_an_error()
    {
        Span<byte> scratch = stackalloc byte[16];
        Assert.Equal(Errno.ERANGE, Inheritance.Of(new StubDirectory(Octal("40755"), 7, DefaultAcl), Octal("100666"), 0, 1, 1, scratch, out _));
    }

    [Theory]
    [InlineData("40777", 1000, 100, "42777")]
    [InlineData("100777", 1000, 100, "100777")]
    [InlineData("102777", 1000, 100, "100777")]
    [InlineData("102777", 0, 100, "102777")]
    [InlineData("102777", 1000, 7, "102777")]
    [InlineData("102767", 1000, 100, "102767")]
    public void A_set_group_id_directory_gives_its_group(string mode, int userId, int groupId, string expected)
    {
        Span<byte> scratch = stackalloc byte[64];
        StubDirectory parent = new(Octal("42777"), 7, null);
        Assert.Equal(Errno.None, Inheritance.Of(parent, Octal(mode), 0, (uint)userId, (uint)groupId, scratch, out NewInode what));
        Assert.Equal(Octal(expected), what.Mode);
        Assert.Equal(7u, what.GroupId);
    }
}
