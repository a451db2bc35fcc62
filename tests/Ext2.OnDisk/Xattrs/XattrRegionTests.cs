using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Tests.Xattrs;

public sealed class XattrRegionTests
{
    [Fact]
    public void Structures_have_the_documented_sizes()
    {
        Assert.Equal(32, System.Runtime.CompilerServices.Unsafe.SizeOf<XattrBlockHeader>());
        Assert.Equal(16, System.Runtime.CompilerServices.Unsafe.SizeOf<XattrEntryHeader>());
    }

    [Fact]
    public void Entries_are_sorted_and_found()
    {
        byte[] block = new byte[1024];
        XattrBuilder builder = new(block, XattrLayout.Block);
        Assert.True(builder.TryAdd(new XattrName(6, "selinux"u8), "label"u8));
        Assert.True(builder.TryAdd(new XattrName(1, "long"u8), "12345"u8));
        Assert.True(builder.TryAdd(new XattrName(1, "b"u8), ""u8));
        Assert.True(builder.TryAdd(new XattrName(1, "a"u8), "x"u8));
        builder.FinishBlock();
        Assert.Equal(XattrFault.None, XattrRegion.CheckBlock(block));
        XattrRegion region = new(block, XattrLayout.Block);
        List<string> names = [];
        int at = region.FirstEntry;
        while (region.TryRead(ref at, out XattrRecord record))
        {
            names.Add($"{System.Text.Encoding.UTF8.GetString(record.Name.Prefix)}{System.Text.Encoding.UTF8.GetString(record.Name.Suffix)}");
        }

        Assert.Equal(["user.a", "user.b", "user.long", "security.selinux"], names);
        Assert.True(region.TryFind(new XattrName(1, "long"u8), out ReadOnlySpan<byte> value));
        Assert.True(value.SequenceEqual("12345"u8));
        Assert.True(region.TryFind(new XattrName(1, "b"u8), out value));
        Assert.True(value.IsEmpty);
        Assert.False(region.TryFind(new XattrName(4, "a"u8), out _));
    }

    [Fact]
    public void What_does_not_fit_is_refused_and_leaves_the_rest()
    {
        byte[] rest = new byte[96];
        XattrBuilder builder = new(rest, XattrLayout.Inode);
        Assert.True(builder.TryAdd(new XattrName(1, "a"u8), new byte[40]));
        Assert.False(builder.TryAdd(new XattrName(1, "b"u8), new byte[12]));
        Assert.True(builder.TryAdd(new XattrName(1, "c"u8), new byte[8]));
        builder.FinishInode();
        Assert.True(XattrRegion.HasMagic(rest));
        Assert.Equal(XattrFault.None, XattrRegion.Check(rest, XattrLayout.Inode));
        XattrBuilder none = new(new byte[4], XattrLayout.Inode);
        Assert.False(none.TryAdd(new XattrName(1, "a"u8), []));
    }

    [Fact]
    public void Damage_is_found_or_harmless()
    {
        const int Seed = 4711;
        Random random = new(Seed);
        byte[] sound = new byte[1024];
        XattrBuilder builder = new(sound, XattrLayout.Block);
        for (byte i = 1; i < 12; i++)
        {
            byte[] value = new byte[i * 10];
            Array.Fill(value, (byte)0xA1);
            Assert.True(builder.TryAdd(new XattrName(1, [i, i, (byte)'x']), value));
        }

        builder.FinishBlock();
        Assert.Equal(XattrFault.None, XattrRegion.CheckBlock(sound));
        HashSet<XattrFault> seen = [];
        for (int round = 0; round < 20_000; round++)
        {
            byte[] damaged = (byte[])sound.Clone();
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                damaged[random.Next(random.Next(2) == 0 ? 64 : 320)] = (byte)random.Next(256);
            }

            XattrFault fault = XattrRegion.CheckBlock(damaged);
            _ = seen.Add(fault);
            if (fault == XattrFault.None)
            {
                XattrRegion region = new(damaged, XattrLayout.Block);
                int at = region.FirstEntry, sum = 0;
                while (region.TryRead(ref at, out XattrRecord record))
                {
                    sum += record.Value.Length + record.Name.Suffix.Length;
                }

                Assert.True(sum >= 0, $"seed {Seed} round {round}");
            }
        }

        Assert.Equal(Enum.GetValues<XattrFault>().Order(), seen.Order());
    }

    [Fact]
    public void Lists_survive_the_form_of_the_disk()
    {
        byte[] acl = new byte[PosixAcl.BytesOf(5)];
        PosixAcl.SetHeader(acl);
        PosixAcl.SetEntry(acl, 0, new AclEntry(AclTag.Owner, 7, AclEntry.NoId));
        PosixAcl.SetEntry(acl, 1, new AclEntry(AclTag.User, 5, 70000));
        PosixAcl.SetEntry(acl, 2, new AclEntry(AclTag.OwningGroup, 4, AclEntry.NoId));
        PosixAcl.SetEntry(acl, 3, new AclEntry(AclTag.Mask, 5, AclEntry.NoId));
        PosixAcl.SetEntry(acl, 4, new AclEntry(AclTag.Other, 1, AclEntry.NoId));
        byte[] disk = new byte[64];
        int length = DiskAcl.Write(acl, disk);
        Assert.Equal(4 + 4 * 4 + 8, length);
        byte[] back = new byte[64];
        Assert.Equal(Errno.None, DiskAcl.Read(disk.AsSpan(0, length), back, out int backLength));
        Assert.Equal(acl, back[..backLength]);
        Assert.Equal(Errno.None, DiskAcl.Read(disk.AsSpan(0, length), [], out backLength));
        Assert.Equal(acl.Length, backLength);
        Assert.Equal(Errno.ERANGE, DiskAcl.Read(disk.AsSpan(0, length), new byte[8], out _));
        Assert.Equal(Errno.EUCLEAN, DiskAcl.Read(disk.AsSpan(0, length - 1), back, out _));
        Assert.Equal(Errno.EUCLEAN, DiskAcl.Read(disk.AsSpan(1, length - 1), back, out _));
        disk[4] = 0x40;
        Assert.Equal(Errno.EUCLEAN, DiskAcl.Read(disk.AsSpan(0, length), back, out _));
    }
}
