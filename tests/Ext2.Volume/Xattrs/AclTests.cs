using Ext2Union.Ext2.OnDisk;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Xattrs;

/// <summary>Access control lists against setfacl and the kernel.</summary>
public sealed class AclTests
{
    private static byte[] B(string text) => XattrImage.B(text);

    [Theory]
    [InlineData(128)]
    [InlineData(256)]
    public void Lists_of_setfacl_are_read_and_ours_are_the_kernels(int inodeBytes)
    {
        Need.LoopDevices();
        using XattrImage image = new(inodeBytes, 1024, 2);
        byte[] access = [], inherited = [];
        image.InKernel(
            root =>
            {
                _ = ProcessRunner.Check("setfacl", "-m", "u:70000:rwx,g:50:r,m:rw", $"{root}/f0");
                _ = ProcessRunner.Check("setfacl", "-d", "-m", "u:1000:rx,g:7:-", $"{root}/dir");
                access = Posix.GetXattr(B($"{root}/f0"), PosixAcl.AccessName.ToArray()).Value;
                inherited = Posix.GetXattr(B($"{root}/dir"), PosixAcl.DefaultName.ToArray()).Value;
            },
            readOnly: false);
        image.With("f0", inode => Assert.Equal(access, Get(inode, PosixAcl.AccessName)));
        image.With("dir", inode => Assert.Equal(inherited, Get(inode, PosixAcl.DefaultName)));
        image.With("f1", inode =>
        {
            Assert.Equal(Errno.None, inode.SetXattr(PosixAcl.AccessName, access, XattrFlags.None));
            Assert.Equal(Convert.ToUInt32("100664", 8), ModeOf(inode));
            Assert.Equal(Errno.None, inode.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = Convert.ToUInt32("750", 8) }));
        });
        image.AssertClean();
        image.InKernel(
            root =>
            {
                _ = ProcessRunner.Check("chmod", "750", $"{root}/f0");
                Assert.Equal(Facl(root, "f0"), Facl(root, "f1"));
            },
            readOnly: false);
    }

    [Fact]
    public void A_list_that_is_a_mode_is_not_kept_and_refusals_are_the_kernels()
    {
        Need.LoopDevices();
        using XattrImage image = new(256, 1024, 1);
        byte[] full = Convert.FromHexString("02000000" + "01000700FFFFFFFF" + "02000700E8030000" + "04000500FFFFFFFF" + "10000700FFFFFFFF" + "20000000FFFFFFFF");
        byte[] minimal = Convert.FromHexString("02000000" + "01000700FFFFFFFF" + "04000500FFFFFFFF" + "20000100FFFFFFFF");
        image.With("f0", inode =>
        {
            Assert.Equal(Errno.None, inode.SetXattr(PosixAcl.AccessName, full, XattrFlags.None));
            Assert.Equal(Errno.None, inode.SetXattr(PosixAcl.AccessName, minimal, XattrFlags.None));
            Assert.Equal(Convert.ToUInt32("100751", 8), ModeOf(inode));
            Assert.Equal(Errno.ENODATA, inode.GetXattr(PosixAcl.AccessName, [], out _));
            Assert.Equal(Errno.EACCES, inode.SetXattr(PosixAcl.DefaultName, full, XattrFlags.None));
            Assert.Equal(Errno.EINVAL, inode.SetXattr(PosixAcl.AccessName, full.AsSpan(0, 20), XattrFlags.None));
            Assert.Equal(Errno.None, inode.RemoveXattr(PosixAcl.AccessName));
        });
        image.With("link", inode => Assert.Equal(Errno.EOPNOTSUPP, inode.SetXattr(PosixAcl.AccessName, full, XattrFlags.None)));
        image.With("dir", inode =>
        {
            Assert.Equal(Errno.None, inode.SetXattr(PosixAcl.DefaultName, full, XattrFlags.None));
            Assert.Equal(Errno.None, inode.SetXattr(PosixAcl.DefaultName, Convert.FromHexString("02000000"), XattrFlags.None));
            Assert.Equal(Errno.ENODATA, inode.GetXattr(PosixAcl.DefaultName, [], out _));
        });
        image.AssertClean();
    }

    [Fact]
    public void Lists_are_born_with_an_inode()
    {
        Need.LoopDevices();
        using XattrImage image = new(256, 1024, 1);
        byte[] full = Convert.FromHexString("02000000" + "01000700FFFFFFFF" + "02000700E8030000" + "04000500FFFFFFFF" + "10000700FFFFFFFF" + "20000000FFFFFFFF");
        Inode made;
        using (image.Volume.Gate.Enter())
        {
            NewInode what = new() { Mode = Convert.ToUInt32("100770", 8), AccessAcl = full };
            made = image.Volume.AllocateInode(InodeNumber.Root, what, 0).Value;
        }

        Assert.Equal(full, Get(made, PosixAcl.AccessName));
        Assert.Equal(Convert.ToUInt32("100770", 8), ModeOf(made));
        made.Release();
        image.AssertClean();
    }

    [Fact]
    public void On_a_full_volume_a_list_follows_its_mode_and_a_new_one_is_refused()
    {
        Need.LoopDevices();
        using XattrImage image = new(128, 1024, 2);
        byte[] full = Convert.FromHexString("02000000" + "01000700FFFFFFFF" + "02000700E8030000" + "04000500FFFFFFFF" + "10000700FFFFFFFF" + "20000000FFFFFFFF");
        image.With("f0", inode => Assert.Equal(Errno.None, inode.SetXattr(PosixAcl.AccessName, full, XattrFlags.None)));
        Assert.Equal(Errno.None, image.Volume.Sync());
        FileInode filler = (FileInode)image.Volume.Root.CreateDetached(new NewInode { Mode = Convert.ToUInt32("100644", 8) }).Value;
        byte[] data = new byte[1 << 20];
        for (long at = 0; filler.Write(at, data.AsSpan(0, at > 14 << 20 ? 1024 : data.Length), out int written) == Errno.None; at += written)
        {
        }

        image.With("f1", inode =>
        {
            // The same list would share the block that is there.
            byte[] another = (byte[])full.Clone();
            another[14] = 5;
            Assert.Equal(Errno.ENOSPC, inode.SetXattr(PosixAcl.AccessName, another, XattrFlags.None));
            Assert.Equal(Convert.ToUInt32("100644", 8), ModeOf(inode));
            Assert.Equal(Errno.ENODATA, inode.GetXattr(PosixAcl.AccessName, [], out _));
        });
        image.With("f0", inode =>
        {
            Assert.Equal(Errno.None, inode.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = Convert.ToUInt32("710", 8) }));
            byte[] followed = (byte[])full.Clone();
            PosixAcl.ApplyMode(followed, Convert.ToUInt32("710", 8));
            Assert.Equal(followed, Get(inode, PosixAcl.AccessName));
        });
        filler.Release();
        image.AssertClean();
    }

    private static uint ModeOf(Inode inode)
    {
        Assert.Equal(Errno.None, inode.GetAttributes(out Attributes attributes));
        return attributes.Mode;
    }

    private static byte[] Get(Inode inode, ReadOnlySpan<byte> name)
    {
        byte[] buffer = new byte[1024];
        Assert.Equal(Errno.None, inode.GetXattr(name, buffer, out int length));
        Assert.Equal(Errno.None, inode.GetXattr(name, [], out int asked));
        Assert.Equal(length, asked);
        return buffer[..length];
    }

    private static string Facl(string root, string file) => ProcessRunner.Check("getfacl", "-n", "-c", $"{root}/{file}");
}
