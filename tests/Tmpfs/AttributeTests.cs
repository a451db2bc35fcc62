using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs.Tests;

public sealed class AttributeTests
{
    private static byte[] Acl(params (AclTag Tag, int Permissions, uint Id)[] entries)
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

    private static byte[] Full(int mask) => Acl(
        (AclTag.Owner, 6, No), (AclTag.User, 7, 1000), (AclTag.OwningGroup, 4, No), (AclTag.Mask, mask, No), (AclTag.Other, 0, No));

    [Fact]
    public void All_attributes_are_set_and_kept()
    {
        using Fixture fixture = new();
        FileInode file = fixture.File("f");
        AttributeChange change = new()
        {
            Fields = AttributeFields.Mode | AttributeFields.UserId | AttributeFields.GroupId | AttributeFields.AccessTime | AttributeFields.ModifyTime
                | AttributeFields.ChangeTime | AttributeFields.BirthTime | AttributeFields.Flags,
            Mode = Fixture.Octal("4751"),
            UserId = 70000,
            GroupId = 80000,
            AccessTime = new Timestamp(-5, 1),
            ModifyTime = new Timestamp(1, 2),
            ChangeTime = new Timestamp(2, 3),
            BirthTime = new Timestamp(3, 4),
            Flags = InodeFlags.NoDump | InodeFlags.Indexed,
        };
        Assert.Equal(Errno.None, file.SetAttributes(in change));
        Attributes attributes = Fixture.AttributesOf(file);
        Assert.Equal((Fixture.Octal("104751"), 70000u, 80000u), (attributes.Mode, attributes.UserId, attributes.GroupId));
        Assert.Equal((change.AccessTime, change.ModifyTime), (attributes.AccessTime, attributes.ModifyTime));
        Assert.Equal((change.ChangeTime, change.BirthTime), (attributes.ChangeTime, attributes.BirthTime));
        Assert.Equal(InodeFlags.NoDump, attributes.Flags);
        Assert.Equal(Errno.None, file.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode }));
        Assert.NotEqual(change.ChangeTime, Fixture.AttributesOf(file).ChangeTime);
    }

    [Fact]
    public void Xattrs_answer_as_the_kernel_does()
    {
        using Fixture fixture = new();
        FileInode file = fixture.File("f");
        Assert.Equal(Errno.ENODATA, file.GetXattr("user.a"u8, [], out _));
        Assert.Equal(Errno.ENODATA, file.SetXattr("user.a"u8, "1"u8, XattrFlags.Replace));
        Assert.Equal(Errno.None, file.SetXattr("user.a"u8, "12345"u8, XattrFlags.Create));
        Assert.Equal(Errno.EEXIST, file.SetXattr("user.a"u8, "1"u8, XattrFlags.Create));
        Assert.Equal(Errno.ERANGE, file.GetXattr("user.a"u8, new byte[4], out int length));
        Assert.Equal(5, length);
        byte[] value = new byte[16];
        Assert.Equal(Errno.None, file.GetXattr("user.a"u8, value, out length));
        Assert.Equal("12345"u8.ToArray(), value[..length]);
        Assert.Equal(Errno.EOPNOTSUPP, file.SetXattr("strange.a"u8, "1"u8, XattrFlags.None));
        Assert.Equal(Errno.EINVAL, file.SetXattr("user."u8, "1"u8, XattrFlags.None));
        Assert.Equal(Errno.E2BIG, file.SetXattr("user.b"u8, new byte[65537], XattrFlags.None));
        Assert.Equal(Errno.None, file.SetXattr("trusted.b"u8, new byte[65536], XattrFlags.None));
        Assert.Equal(Errno.ENOSPC, file.SetXattr("trusted.c"u8, new byte[65536], XattrFlags.None));
        Assert.Equal(Errno.ERANGE, file.ListXattr(value, out _));
        byte[] list = new byte[64];
        Assert.Equal(Errno.None, file.ListXattr(list, out length));
        Assert.Equal("user.a\0trusted.b\0"u8.ToArray(), list[..length]);
        Assert.Equal(Errno.None, file.RemoveXattr("user.a"u8));
        Assert.Equal(Errno.ENODATA, file.RemoveXattr("user.a"u8));
        Inode pipe = fixture.Root.Create("p"u8, new NewInode { Mode = Fixture.Octal("10644") }).Value;
        Assert.Equal(Errno.EPERM, pipe.SetXattr("user.a"u8, "1"u8, XattrFlags.None));
        Assert.Equal(Errno.None, pipe.SetXattr("trusted.a"u8, "1"u8, XattrFlags.None));
    }

    [Fact]
    public void An_access_list_and_the_mode_follow_each_other()
    {
        using Fixture fixture = new();
        FileInode file = fixture.File("f");
        byte[] buffer = new byte[256];
        Assert.Equal(Errno.None, file.SetXattr(PosixAcl.AccessName, Full(6), XattrFlags.None));
        Assert.Equal(Fixture.Octal("100660"), Fixture.AttributesOf(file).Mode);
        Assert.Equal(Errno.None, file.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = Fixture.Octal("640") }));
        Assert.Equal(Errno.None, file.GetXattr(PosixAcl.AccessName, buffer, out int length));
        Assert.Equal(Full(4), buffer[..length]);
        Assert.Equal(Errno.None, file.SetXattr(PosixAcl.AccessName, Acl((AclTag.Owner, 7, No), (AclTag.OwningGroup, 5, No), (AclTag.Other, 1, No)), XattrFlags.None));
        Assert.Equal(Fixture.Octal("100751"), Fixture.AttributesOf(file).Mode);
        Assert.Equal(Errno.ENODATA, file.GetXattr(PosixAcl.AccessName, buffer, out _));
        Assert.Equal(Errno.EINVAL, file.SetXattr(PosixAcl.AccessName, Acl((AclTag.Owner, 7, No)), XattrFlags.None));
        Assert.Equal(Errno.EACCES, file.SetXattr(PosixAcl.DefaultName, Full(7), XattrFlags.None));
        Assert.Equal(Errno.None, fixture.Root.SetXattr(PosixAcl.DefaultName, Full(7), XattrFlags.None));
        Assert.Equal(Errno.None, Inheritance.Of(fixture.Root, Fixture.Octal("100666"), Fixture.Octal("77"), 1, 2, buffer, out NewInode what));
        Inode child = fixture.Root.Create("child"u8, what).Value;
        Assert.Equal(Fixture.Octal("100660"), Fixture.AttributesOf(child).Mode);
        byte[] acl = new byte[256];
        Assert.Equal(Errno.None, child.GetXattr(PosixAcl.AccessName, acl, out length));
        Assert.Equal(Full(6), acl[..length]);
        Assert.Equal(Errno.None, fixture.Root.SetXattr(PosixAcl.DefaultName, Acl(), XattrFlags.None));
        Assert.Equal(Errno.ENODATA, fixture.Root.GetXattr(PosixAcl.DefaultName, buffer, out _));
    }

    [Fact]
    public void Immutable_and_append_only_hold()
    {
        using Fixture fixture = new();
        LayerDirectory directory = fixture.Directory("d");
        FileInode file = fixture.File("f", directory);
        SetFlags(file, InodeFlags.AppendOnly);
        Assert.Equal(Errno.EPERM, directory.Unlink("f"u8));
        Assert.Equal(Errno.EPERM, directory.PutWhiteout("f"u8));
        Assert.Equal(Errno.EPERM, directory.Rename("f"u8, directory, "g"u8, RenameFlags.None));
        Assert.Equal(Errno.EPERM, directory.Link("g"u8, file));
        Assert.Equal(Errno.EPERM, file.SetSize(0));
        Assert.Equal(Errno.EPERM, file.Opened(OpenMode.Write));
        Assert.Equal(Errno.None, file.Opened(OpenMode.Write | OpenMode.Append));
        Assert.Equal(Errno.EPERM, file.SetXattr("user.a"u8, "1"u8, XattrFlags.None));
        Assert.Equal(Errno.EPERM, file.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode }));
        Assert.Equal(Errno.EPERM, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 0, 1));
        SetFlags(file, InodeFlags.None);
        SetFlags(directory, InodeFlags.Immutable);
        Assert.Equal(Errno.EPERM, directory.Create("x"u8, new NewInode { Mode = Fixture.Octal("100644") }).Error);
        Assert.Equal(Errno.EPERM, directory.Unlink("f"u8));
        Assert.Equal(Errno.EPERM, directory.PutWhiteout("x"u8));
        Assert.Equal(Errno.None, directory.PutFallthru("x"u8));
        Inode copy = directory.CreateDetached(new NewInode { Mode = Fixture.Octal("100644") }).Value;
        Assert.Equal(Errno.None, directory.Install("x"u8, copy));
    }

    [Fact]
    public void Symlinks_devices_and_options()
    {
        using TmpfsFileSystem fileSystem = new(new TmpfsOptions { SizeBytes = 5000, Mode = Fixture.Octal("1750"), UserId = 3, GroupId = 4, AsLower = true });
        Assert.Equal(LockRank.LayerLower, fileSystem.Gate.Rank);
        Attributes root = Fixture.AttributesOf(fileSystem.Root);
        Assert.Equal((Fixture.Octal("41750"), 3u, 4u), (root.Mode, root.UserId, root.GroupId));
        Assert.Equal(Errno.None, fileSystem.GetStatistics(out Statistics statistics));
        Assert.Equal(2ul, statistics.Blocks);
        SymlinkInode link = (SymlinkInode)fileSystem.Root.Create("l"u8, new NewInode { Mode = Fixture.Octal("120777"), Target = "there"u8 }).Value;
        byte[] target = new byte[4096];
        Assert.Equal(Errno.None, link.ReadTarget(target, out int length));
        Assert.Equal("there"u8.ToArray(), target[..length]);
        Assert.Equal(5, Fixture.AttributesOf(link).Size);
        Assert.Equal(Errno.ENAMETOOLONG, fileSystem.Root.Create("m"u8, new NewInode { Mode = Fixture.Octal("120777"), Target = target }).Error);
        Inode device = fileSystem.Root.Create("n"u8, new NewInode { Mode = Fixture.Octal("60600"), Device = new DeviceNumber(259, 70000) }).Value;
        Assert.Equal(InodeKind.BlockDevice, device.Kind);
        Assert.Equal(new DeviceNumber(259, 70000), Fixture.AttributesOf(device).Device);
        Assert.Equal(Errno.EINVAL, fileSystem.Root.Create("o"u8, new NewInode { Mode = Fixture.Octal("170600") }).Error);
    }

    private static void SetFlags(Inode inode, InodeFlags flags) =>
        Assert.Equal(Errno.None, inode.SetAttributes(new AttributeChange { Fields = AttributeFields.Flags, Flags = flags }));
}
