using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Section 5: what brings an object to the top, and what of it arrives there.</summary>
public class CopyUpTests
{
    [Fact]
    public void OpeningForWritingCopiesAndNobodySeesIt()
    {
        using var u = new UnionFixture([], [["p/d/f=hello", "p/d/g=1"]]);
        Attributes file = u.Stat("p/d/f"), directory = u.Stat("p/d"), parent = u.Stat("p"), root = u.Stat("");
        u.Clock.Seconds = 5000;
        Assert.Equal(Errno.None, u.At("p/d/f", inode => inode.Opened(OpenMode.Write)));
        Assert.Equal(file with { Blocks = 0 }, u.Stat("p/d/f") with { Blocks = 0 });
        Assert.Equal(directory with { LinkCount = 0 }, u.Stat("p/d") with { LinkCount = 0 });
        Assert.Equal(parent with { LinkCount = 0 }, u.Stat("p") with { LinkCount = 0 });
        Assert.Equal(root, u.Stat(""));
        Assert.Equal("f", u.TopSlots("p/d"));
        Assert.Equal("hello", u.Read("p/d/f"));
    }

    [Fact]
    public void ReadingNeverCopies()
    {
        using var u = new UnionFixture([], [["f=hello", "l@f"]]);
        Assert.Equal(Errno.None, u.At("f", inode => inode.Opened(OpenMode.Read)));
        Assert.Equal("hello", u.Read("f"));
        Assert.Equal("", u.TopSlots(""));
    }

    [Theory]
    [InlineData("chmod")]
    [InlineData("chown")]
    [InlineData("utimens")]
    [InlineData("setxattr")]
    [InlineData("chattr")]
    [InlineData("truncate")]
    [InlineData("fallocate")]
    [InlineData("write")]
    public void WorksOnADescriptorThatWasOpenedForReading(string call)
    {
        using var u = new UnionFixture([], [["d/f=hello"]]);
        u.At("d/f", inode =>
        {
            var file = (FileInode)inode;
            Assert.Equal(Errno.None, file.Opened(OpenMode.Read));
            ulong number = file.Number;
            Assert.Equal(Errno.None, Change(file, call));
            Assert.Equal("f", u.TopSlots("d"));
            Assert.Equal(call == "write" ? "hEllo" : call == "truncate" ? "hel" : "hello", UnionFixture.ReadAll(file).TrimEnd('\0'));
            Assert.Equal(number, u.Stat("d/f").Inode);
            Assert.Equal(1u, u.Stat("d/f").LinkCount);
            file.Closed(OpenMode.Read);
            return true;
        });
        u.Remount();
        Assert.Equal("f", u.Names("d"));
        if (call == "chmod")
        {
            Assert.Equal(0x8180u, u.Stat("d/f").Mode);
        }
    }

    [Fact]
    public void TruncatingOpensAndShrinkingCopyNoMoreThanNeeded()
    {
        using var u = new UnionFixture([], [["big=0123456789", "cut=0123456789", "ext=0123456789"]], topOptions: new TmpfsOptions { SizeBytes = 1 << 20 }, copyUp: CopyUpMode.Full);
        WriteLower(u, "big", 1 << 22);
        WriteLower(u, "cut", 1 << 22);
        Assert.Equal(Errno.ENOSPC, u.Chmod("big", 0x180));
        Assert.Equal("", u.TopSlots(""));
        Assert.Equal(Errno.None, u.Write("big", "new", 0, OpenMode.Truncate));
        Assert.Equal("new", u.Read("big"));
        Assert.Equal(Errno.None, u.At("cut", inode => ((FileInode)inode).SetSize(5)));
        Assert.Equal("01234", u.Read("cut"));
        Assert.Equal(Errno.None, u.At("ext", inode => ((FileInode)inode).SetSize(12)));
        Assert.Equal("0123456789\0\0", u.Read("ext"));
        ForgetLowers(u);
    }

    [Fact]
    public void HolesStayHolesAndLargeFilesArriveWhole()
    {
        using var u = new UnionFixture([], [["f=x"]], copyUp: CopyUpMode.Full);
        WriteLower(u, "f", 40L << 20);
        Assert.Equal(Errno.None, u.Chmod("f", 0x180));
        Attributes copy = u.Stat("f");
        Assert.Equal((40L << 20) + 1, copy.Size);
        Assert.True(copy.Blocks < 100, $"{copy.Blocks} blocks");
        byte[] last = new byte[10];
        Assert.Equal(1, u.At("f", inode => ((FileInode)inode).Read(40L << 20, last, out int read) == Errno.None ? read : -1));
        Assert.Equal((byte)'!', last[0]);
        ForgetLowers(u);
    }

    [Fact]
    public void AttributesXattrsAndAclsGoAlongAndTheLayersOwnDoNot()
    {
        using var u = new UnionFixture([], [["d/f=1"]]);
        byte[] acl = new byte[PosixAcl.BytesOf(5)];
        PosixAcl.SetHeader(acl);
        (AclTag, ushort, uint)[] entries =
            [(AclTag.Owner, 6, AclEntry.NoId), (AclTag.User, 4, 77), (AclTag.OwningGroup, 4, AclEntry.NoId), (AclTag.Mask, 6, AclEntry.NoId), (AclTag.Other, 0, AclEntry.NoId)];
        for (int i = 0; i < entries.Length; i++)
        {
            PosixAcl.SetEntry(acl, i, new AclEntry(entries[i].Item1, entries[i].Item2, entries[i].Item3));
        }

        foreach (string path in (string[])["d", "d/f"])
        {
            Inode low = LowerAt(u, path);
            Assert.Equal(Errno.None, low.SetXattr("user.colour"u8, "green"u8, XattrFlags.None));
            Assert.Equal(Errno.None, low.SetXattr("trusted.ext2u.private"u8, "x"u8, XattrFlags.None));
            Assert.Equal(Errno.None, low.SetXattr(PosixAcl.AccessName, acl, XattrFlags.None));
            Assert.Equal(Errno.None, low.SetAttributes(new AttributeChange
            {
                Fields = AttributeFields.UserId | AttributeFields.GroupId | AttributeFields.AccessTime | AttributeFields.ModifyTime | AttributeFields.Flags,
                UserId = 5,
                GroupId = 6,
                AccessTime = new Timestamp(11, 12),
                ModifyTime = new Timestamp(-13, 14),
                Flags = InodeFlags.NoDump,
            }));
            low.Release();
        }

        Attributes file = u.Stat("d/f"), directory = u.Stat("d");
        Assert.Equal(Errno.None, u.At("d/f", inode => inode.Opened(OpenMode.Write)));
        Assert.Equal(file with { Blocks = 0 }, u.Stat("d/f") with { Blocks = 0 });
        Assert.Equal(directory with { LinkCount = 0 }, u.Stat("d") with { LinkCount = 0 });
        foreach (string path in (string[])["d", "d/f"])
        {
            Assert.Equal("system.posix_acl_access user.colour", Xattrs(u, path));
            Assert.Equal(Errno.ENODATA, u.At(path, inode => inode.GetXattr("trusted.ext2u.private"u8, [], out _)));
            Assert.Equal(Errno.EPERM, u.At(path, inode => inode.SetXattr("trusted.ext2u.private"u8, [], XattrFlags.None)));
        }

        ForgetLowers(u);
    }

    [Fact]
    public void SymlinksAndSpecialFilesAreCopiedToo()
    {
        using var u = new UnionFixture([], [["l@target"]]);
        var root = (LayerDirectory)u.Lowers[0].Root;
        root.Create("dev"u8, new NewInode { Mode = 0x2180, Device = new DeviceNumber(4, 65) }).Value.Release();
        root.Create("fifo"u8, new NewInode { Mode = 0x11A4 }).Value.Release();
        foreach (string name in (string[])["l", "dev", "fifo"])
        {
            Attributes before = u.Stat(name);
            Assert.Equal(Errno.None, u.At(name, inode => inode.SetAttributes(new AttributeChange { Fields = AttributeFields.UserId, UserId = 9 })));
            Attributes after = u.Stat(name);
            Assert.Equal(9u, after.UserId);
            Assert.Equal((before.Inode, before.Mode, before.Device, before.Size, before.ModifyTime), (after.Inode, after.Mode, after.Device, after.Size, after.ModifyTime));
        }

        u.Remount();
        byte[] target = new byte[100];
        int length = u.At("l", inode => ((SymlinkInode)inode).ReadTarget(target, out int read) == Errno.None ? read : -1);
        Assert.Equal("target"u8.ToArray(), target[..length]);
        Assert.Equal("dev fifo l", u.TopSlots(""));
        ForgetLowers(u);
    }

    [Fact]
    public void AFullTopLeavesTheLowerVisibleAndNothingBehind()
    {
        using var u = new UnionFixture([], [["a/b/f=hello"]], topOptions: new TmpfsOptions { InodeCount = 1 });
        string before = LayerDump.Of(u.Top);
        Assert.Equal(Errno.ENOSPC, u.Chmod("a/b/f", 0x180));
        Assert.Equal(Errno.ENOSPC, u.Write("a/b/f", "x"));
        Assert.Equal(Errno.ENOSPC, u.Unlink("a/b/f"));
        Assert.Equal("hello", u.Read("a/b/f"));
        Assert.Equal(before, LayerDump.Of(u.Top));
    }

    [Fact]
    public void AnAttributeTheTopRefusesRefusesTheCopy()
    {
        using var u = new UnionFixture([], [["p/d/x=1", "f=1"]]);
        u.Remount(new FaultyLayer(u.Top) { RefuseXattr = Errno.E2BIG });
        foreach (string path in (string[])["p/d", "f"])
        {
            Inode low = LowerAt(u, path);
            Assert.Equal(Errno.None, low.SetXattr("user.large"u8, new byte[100], XattrFlags.None));
            low.Release();
        }

        Assert.Equal(Errno.E2BIG, u.Chmod("f", 0x180));
        Assert.Equal("", u.TopSlots(""));
        Assert.Equal(Errno.E2BIG, u.Chmod("p/d", 0x180));
        Assert.Equal("", u.TopSlots("p"));
        Assert.Equal(1000, u.Stat("p").ModifyTime.Seconds);
        Assert.Equal("x", u.Names("p/d"));
        _ = u.Names("p");
        Assert.Equal(Errno.E2BIG, u.Chmod("p/d", 0x180));
        Assert.Equal("^ d?", u.TopSlots("p"));
        Assert.Equal(1000, u.Stat("p").ModifyTime.Seconds);
        ForgetLowers(u);
        u.Remount();
    }

    [Fact]
    public void ADirectoryGetsItsNameLastAndAFailureTakesNoneAway()
    {
        bool isOver = false;
        for (int changes = 0; !isOver; changes++)
        {
            using var u = new UnionFixture(["p/own=1"], [["p/d/x=1", "p/e/y=1"]]);
            Inode low = LowerAt(u, "p/d");
            Assert.Equal(Errno.None, low.SetXattr("user.colour"u8, "green"u8, XattrFlags.None));
            low.Release();
            u.LowersMayDiffer();
            Assert.Equal("d e own", u.Names("p"));
            var top = new FaultyLayer(u.Top);
            u.Remount(top);
            string before = LayerDump.Of(u.Top);
            Attributes parent = u.Stat("p");
            top.Countdown = changes;
            Errno error = u.At("p/d", inode => u.Union.EnsureTop((IUnionInode)inode, 0));
            isOver = top.Countdown >= 0;
            top.Countdown = -1;
            Assert.Equal(isOver ? Errno.None : Errno.EIO, error);
            Assert.Equal(isOver, before != LayerDump.Of(u.Top));
            Assert.Equal(isOver ? "^ d e? own" : "^ d? e? own", u.TopSlots("p"));
            Assert.Equal(parent.ModifyTime, u.Stat("p").ModifyTime);
            Assert.Equal("user.colour", Xattrs(u, "p/d"));
            u.Remount();
            Assert.Equal("d e own", u.Names("p"));
            Assert.Equal("x", u.Names("p/d"));
            Assert.Equal("user.colour", Xattrs(u, "p/d"));
        }
    }

    private static Errno Change(FileInode file, string call) => call switch
    {
        "chmod" => file.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = 0x180 }),
        "chown" => file.SetAttributes(new AttributeChange { Fields = AttributeFields.UserId, UserId = 4 }),
        "utimens" => file.SetAttributes(new AttributeChange { Fields = AttributeFields.ModifyTime, ModifyTime = new Timestamp(1, 2) }),
        "chattr" => file.SetAttributes(new AttributeChange { Fields = AttributeFields.Flags, Flags = InodeFlags.NoDump }),
        "setxattr" => file.SetXattr("user.a"u8, "b"u8, XattrFlags.Create),
        "truncate" => file.SetSize(3),
        "fallocate" => file.Allocate(AllocateMode.None, 0, 10),
        _ => file.Write(1, "E"u8, out _),
    };

    private static string Xattrs(UnionFixture u, string path) => u.At(path, inode =>
    {
        byte[] names = new byte[1000];
        Assert.Equal(Errno.None, inode.ListXattr([], out int wanted));
        Assert.Equal(Errno.None, inode.ListXattr(names, out int length));
        Assert.Equal(wanted, length);
        Assert.Equal(Errno.ERANGE, inode.ListXattr(names.AsSpan(0, length - 1), out _));
        return string.Join(' ', System.Text.Encoding.UTF8.GetString(names, 0, length).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order());
    });

    private static Inode LowerAt(UnionFixture u, string path)
    {
        Inode at = u.Lowers[0].Root;
        at.Acquire();
        foreach (string name in path.Split('/'))
        {
            Inode next = ((DirectoryInode)at).Lookup(UnionFixture.B(name)).Value;
            at.Release();
            at = next;
        }

        return at;
    }

    // A hole up to there, and one byte.
    private static void WriteLower(UnionFixture u, string path, long offset)
    {
        Inode file = LowerAt(u, path);
        Assert.Equal(Errno.None, ((FileInode)file).Write(offset, "!"u8, out _));
        if (offset < 1 << 23)
        {
            Assert.Equal(Errno.None, ((FileInode)file).Write(10, new byte[offset - 10], out _));
        }

        file.Release();
    }

    // These tests write to their lowers themselves.
    private static void ForgetLowers(UnionFixture u) => u.LowersMayDiffer();
}
