namespace Ext2Union.Vfs.Tests;

public sealed class PosixAclTests
{
    internal static byte[] Acl(params (AclTag Tag, int Permissions, uint Id)[] entries)
    {
        byte[] acl = new byte[PosixAcl.BytesOf(entries.Length)];
        PosixAcl.SetHeader(acl);
        for (int i = 0; i < entries.Length; i++)
        {
            PosixAcl.SetEntry(acl, i, new AclEntry(entries[i].Tag, (ushort)entries[i].Permissions, entries[i].Id));
        }

        return acl;
    }

    private const uint No = AclEntry.NoId;

    private static byte[] Minimal(int owner, int group, int other) =>
        Acl((AclTag.Owner, owner, No), (AclTag.OwningGroup, group, No), (AclTag.Other, other, No));

    private static byte[] Full() => Acl(
        (AclTag.Owner, 6, No), (AclTag.User, 7, 1000), (AclTag.OwningGroup, 5, No), (AclTag.Group, 6, 50), (AclTag.Mask, 6, No), (AclTag.Other, 4, No));

    [Fact]
    public void Bytes_are_those_that_setfacl_sends()
    {
        // setfacl -m u:1000:rwx on a file of mode 0640, as strace shows it.
        byte[] sent = Convert.FromHexString(
            "02000000" + "01000600FFFFFFFF" + "02000700E8030000" + "04000400FFFFFFFF" + "10000700FFFFFFFF" + "20000000FFFFFFFF");
        byte[] ours = Acl((AclTag.Owner, 6, No), (AclTag.User, 7, 1000), (AclTag.OwningGroup, 4, No), (AclTag.Mask, 7, No), (AclTag.Other, 0, No));
        Assert.Equal(sent, ours);
        Assert.Equal(Errno.None, PosixAcl.Check(sent));
    }

    [Fact]
    public void Sound_lists_pass() => Assert.All(
        [Acl(), Minimal(7, 5, 0), Full(), Acl((AclTag.Owner, 7, No), (AclTag.OwningGroup, 5, No), (AclTag.Mask, 5, No), (AclTag.Other, 0, No))],
        acl => Assert.Equal(Errno.None, PosixAcl.Check(acl)));

    [Fact]
    public void Unsound_lists_are_refused()
    {
        Assert.Equal(Errno.EINVAL, PosixAcl.Check([2, 0, 0]));
        Assert.Equal(Errno.EOPNOTSUPP, PosixAcl.Check([1, 0, 0, 0]));
        Assert.Equal(Errno.EINVAL, PosixAcl.Check(Full().AsSpan(0, 15)));
        Assert.Equal(Errno.EINVAL, PosixAcl.Check(Minimal(8, 0, 0)));
        Assert.Equal(Errno.EINVAL, PosixAcl.Check(Acl((AclTag.Owner, 7, No))));
        Assert.Equal(Errno.EINVAL, PosixAcl.Check(Acl((AclTag.OwningGroup, 7, No), (AclTag.Owner, 7, No), (AclTag.Other, 7, No))));
        Assert.Equal(Errno.EINVAL, PosixAcl.Check(Acl((AclTag.Owner, 7, No), (AclTag.OwningGroup, 7, No), (AclTag.Other, 7, No), (AclTag.Other, 7, No))));
        Assert.Equal(Errno.EINVAL, PosixAcl.Check(Acl((AclTag.Owner, 7, No), (AclTag.User, 7, 5), (AclTag.OwningGroup, 7, No), (AclTag.Other, 7, No))));
        Assert.Equal(Errno.EINVAL, PosixAcl.Check(
            Acl((AclTag.Owner, 7, No), (AclTag.User, 7, No), (AclTag.OwningGroup, 7, No), (AclTag.Mask, 7, No), (AclTag.Other, 7, No))));
        Assert.Equal(Errno.EINVAL, PosixAcl.Check(Acl((AclTag.Owner, 7, No), ((AclTag)64, 7, No), (AclTag.OwningGroup, 7, No), (AclTag.Other, 7, No))));
        byte[] huge = new byte[PosixAcl.BytesOf(PosixAcl.MaximumEntries + 1)];
        PosixAcl.SetHeader(huge);
        Assert.Equal(Errno.ENOSPC, PosixAcl.Check(huge));
    }

    [Fact]
    public void A_list_without_names_and_mask_is_the_mode()
    {
        Assert.True(PosixAcl.IsEquivalentToMode(Minimal(7, 5, 1), out uint permissions));
        Assert.Equal(Convert.ToUInt32("751", 8), permissions);
        Assert.False(PosixAcl.IsEquivalentToMode(Full(), out permissions));
        Assert.Equal(Convert.ToUInt32("664", 8), permissions);
    }

    [Fact]
    public void Chmod_changes_the_mask_and_spares_group_and_names()
    {
        byte[] acl = Full();
        PosixAcl.ApplyMode(acl, Convert.ToUInt32("100700", 8));
        Assert.Equal(
            Acl((AclTag.Owner, 7, No), (AclTag.User, 7, 1000), (AclTag.OwningGroup, 5, No), (AclTag.Group, 6, 50), (AclTag.Mask, 0, No), (AclTag.Other, 0, No)),
            acl);
        byte[] minimal = Minimal(0, 0, 0);
        PosixAcl.ApplyMode(minimal, Convert.ToUInt32("754", 8));
        Assert.Equal(Minimal(7, 5, 4), minimal);
    }

    [Fact]
    public void Creation_limits_list_and_mode_to_each_other()
    {
        byte[] acl = Full();
        uint mode = Convert.ToUInt32("102752", 8);
        Assert.False(PosixAcl.LimitToCreation(acl, ref mode));
        Assert.Equal(Convert.ToUInt32("102640", 8), mode);
        Assert.Equal(
            Acl((AclTag.Owner, 6, No), (AclTag.User, 7, 1000), (AclTag.OwningGroup, 5, No), (AclTag.Group, 6, 50), (AclTag.Mask, 4, No), (AclTag.Other, 0, No)),
            acl);
        byte[] minimal = Minimal(7, 5, 5);
        mode = Convert.ToUInt32("100666", 8);
        Assert.True(PosixAcl.LimitToCreation(minimal, ref mode));
        Assert.Equal(Convert.ToUInt32("100644", 8), mode);
    }
}
