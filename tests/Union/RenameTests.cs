using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Section 5: create, link and rename.</summary>
public class RenameTests
{
    [Fact]
    public void CreatingReplacesAWhiteout()
    {
        using var u = new UnionFixture(["f!", "d!"], [["f=old", "d/x=1"]]);
        Assert.Equal(Errno.None, u.Create("f", "new"));
        Assert.Equal(Errno.None, u.MakeDirectory("d"));
        Assert.Equal("new", u.Read("f"));
        Assert.Equal("", u.Names("d"));
        Assert.Equal("d f", u.TopSlots(""));
        u.Remount();
        Assert.Equal("", u.Names("d"));
    }

    [Fact]
    public void AMadeDirectoryIsOpaqueWithOriginNoneAndCostsTheParentItsTime()
    {
        using var u = new UnionFixture([], [["p/d/x=1"]]);
        u.Clock.Seconds = 3000;
        Assert.Equal(Errno.None, u.MakeDirectory("p/new"));
        Assert.Equal("^", u.TopSlots("p/new").Trim());
        Assert.Equal(3000, u.Stat("p").ModifyTime.Seconds);
        Assert.Equal(Errno.EEXIST, u.MakeDirectory("p/d"));
        Assert.Equal(Errno.EEXIST, u.Create("p/new"));
    }

    [Fact]
    public void AFileIsCopiedAndMovedInOneStep()
    {
        using var u = new UnionFixture([], [["d/f=1", "d/keep=2", "e/x=3"]]);
        ulong number = u.Stat("d/f").Inode;
        Assert.Equal(Errno.None, u.Rename("d/f", "e/g"));
        Assert.Equal("f!", u.TopSlots("d"));
        Assert.Equal("g", u.TopSlots("e"));
        Assert.Equal("1", u.Read("e/g"));
        Assert.Equal(number, u.Stat("e/g").Inode);
        u.Remount();
        Assert.Equal("keep", u.Names("d"));
        Assert.Equal("g x", u.Names("e"));
    }

    [Fact]
    public void NoWhiteoutIsLeftInASealedDirectory()
    {
        using var u = new UnionFixture(["d/t=0"], [["d/f=1", "d/g=2"]]);
        _ = u.Names("d");
        Assert.Equal(Errno.None, u.Rename("d/f", "d/g"));
        Assert.Equal("^ g t", u.TopSlots("d"));
        Assert.Equal("1", u.Read("d/g"));
    }

    [Fact]
    public void NoReplaceAndExchange()
    {
        using var u = new UnionFixture(["top=t", "td/x=1"], [["low=l", "other=o", "f?".Replace("?", "=q", StringComparison.Ordinal)]]);
        Assert.Equal(Errno.EEXIST, u.Rename("low", "other", RenameFlags.NoReplace));
        Assert.Equal("", u.TopSlots("").Replace("td top", "", StringComparison.Ordinal).Trim());
        Assert.Equal(Errno.None, u.Rename("low", "free", RenameFlags.NoReplace));
        Assert.Equal(Errno.None, u.Rename("top", "other", RenameFlags.Exchange));
        Assert.Equal("o", u.Read("top"));
        Assert.Equal("t", u.Read("other"));
        Assert.Equal(Errno.None, u.Rename("td", "f", RenameFlags.Exchange));
        Assert.Equal("q", u.Read("td"));
        Assert.Equal("x", u.Names("f"));
        Assert.Equal(Errno.ENOENT, u.Rename("free", "none", RenameFlags.Exchange));
        Assert.Equal(Errno.EINVAL, u.Rename("free", "none", RenameFlags.Whiteout));
        u.Remount();
        Assert.Equal("q", u.Read("td"));
        Assert.Equal("x", u.Names("f"));
    }

    [Fact]
    public void WhatRenameRefuses()
    {
        using var u = new UnionFixture([], [["d/s/x=1", "f=1", "full/x=1", "empty/"]]);
        Assert.Equal(Errno.ENOENT, u.Rename("none", "n"));
        Assert.Equal(Errno.EINVAL, u.Rename("d", "d/s/in"));
        Assert.Equal(Errno.ENOTEMPTY, u.Rename("d/s", "full"));
        Assert.Equal(Errno.ENOTDIR, u.Rename("d", "f"));
        Assert.Equal(Errno.EISDIR, u.Rename("f", "empty"));
        Assert.Equal(Errno.ENOTEMPTY, u.Rename("d/s", "d"));
        Assert.Equal(Errno.None, u.Rename("f", "f"));
        Assert.Equal("", u.TopSlots(""));
    }

    [Fact]
    public void ADirectoryOfTheTopTakesUpNothingAtItsNewPlace()
    {
        using var u = new UnionFixture(["plain/t=1"], [["here/low=1", "gone/low=2"]]);
        Assert.Equal(Errno.None, u.MakeDirectory("made"));
        Assert.Equal(Errno.None, u.Unlink("here/low"));
        Assert.Equal(Errno.None, u.Rename("made", "here"));
        Assert.Equal(Errno.None, u.Unlink("gone/low"));
        Assert.Equal(Errno.None, u.Rename("plain", "gone"));
        u.Remount();
        Assert.Equal("", u.Names("here"));
        Assert.Equal("t", u.Names("gone"));
        Assert.Equal(Errno.ENOENT, u.Exists("plain"));
    }

    [Fact]
    public void ADirectoryWithLowerContentIsRenamedWithIt()
    {
        using var u = new UnionFixture([], [["d/a=1", "d/s/b=2"], ["d/c=3"]]);
        ulong number = u.Stat("d").Inode;
        Assert.Equal(Errno.None, u.Rename("d", "e"));
        Assert.Equal("a c s", u.Names("e"));
        Assert.Equal(number, u.Stat("e").Inode);
        Assert.Equal("d! e", u.TopSlots(""));
        u.Remount();
        Assert.Equal("a c s", u.Names("e"));
        Assert.Equal("2", u.Read("e/s/b"));
        Assert.Equal(Errno.None, u.MakeDirectory("d"));
        Assert.Equal("", u.Names("d"));
        Assert.Equal(Errno.None, u.Rename("e/s", "d/t"));
        Assert.Equal(Errno.None, u.Rename("e", "d/e"));
        u.Remount();
        Assert.Equal("b", u.Names("d/t"));
        Assert.Equal("a c", u.Names("d/e"));
        Assert.Equal(Errno.None, u.Rename("d/e", "x"));
        Assert.Equal(Errno.None, u.Unlink("d/t/b"));
        Assert.Equal(Errno.None, u.RemoveDirectory("d/t"));
        Assert.Equal(Errno.None, u.RemoveDirectory("d"));
        Assert.Equal(Errno.None, u.Rename("x", "d"));
        u.Remount();
        Assert.Equal("a c", u.Names("d"));
        Assert.Equal("d", u.Names(""));
    }

    [Fact]
    public void DirectoriesWithLowerContentAreExchanged()
    {
        using var u = new UnionFixture([], [["d/a=1", "e/b=2", "p/f=3"]]);
        Assert.Equal(Errno.None, u.Rename("d", "e", RenameFlags.Exchange));
        Assert.Equal(Errno.None, u.Rename("p/f", "d", RenameFlags.Exchange));
        u.Remount();
        Assert.Equal("a", u.Names("e"));
        Assert.Equal("b", u.Names("p/f"));
        Assert.Equal("3", u.Read("d"));
    }

    [Fact]
    public void WithoutRedirectADirectoryWithLowerContentStays()
    {
        using var u = new UnionFixture(["m/t=1", "own/t=1"], [["d/a=1", "m/b=2"]], redirect: false);
        string before = LayerDump.Of(u.Top);
        Assert.Equal(Errno.EXDEV, u.Rename("d", "e"));
        Assert.Equal(Errno.EXDEV, u.Rename("m", "n"));
        Assert.Equal(Errno.EXDEV, u.Rename("own", "d", RenameFlags.Exchange));
        Assert.Equal(before, LayerDump.Of(u.Top));
        Assert.Equal(Errno.None, u.Rename("own", "mine"));
    }

    [Fact]
    public void APathTooLongToStoreIsRefused()
    {
        string part = new('n', 250);
        string path = string.Join('/', Enumerable.Repeat(part, 17));
        using var u = new UnionFixture([], [[path + "/d/f=1"]]);
        Assert.Equal(Errno.EXDEV, u.Rename(path + "/d", path + "/e"));
        Assert.Equal("", u.TopSlots(""));
        Assert.Equal("d", u.Names(path));
    }

    [Fact]
    public void ALinkCopiesUpAndCounts()
    {
        using var u = new UnionFixture([], [["d/f=1", "e/"]]);
        Assert.Equal(Errno.None, u.Link("d/f", "e/g"));
        Assert.Equal(u.Stat("d/f"), u.Stat("e/g"));
        Assert.Equal(2u, u.Stat("d/f").LinkCount);
        Assert.Equal(Errno.None, u.Write("e/g", "2"));
        Assert.Equal("2", u.Read("d/f"));
        Assert.Equal(Errno.EEXIST, u.Link("d/f", "e/g"));
        Assert.Equal(Errno.EPERM, u.Link("d", "e/d"));
        Assert.Equal(Errno.None, u.Unlink("d/f"));
        Assert.Equal(1u, u.Stat("e/g").LinkCount);
        Assert.Equal(Errno.None, u.Rename("e/g", "e/h"));
        u.Remount();
        Assert.Equal("2", u.Read("e/h"));
        Assert.Equal("", u.Names("d"));
    }

    [Fact]
    public void AFileWithoutANameGetsOne()
    {
        using var u = new UnionFixture([], [["d/x=1"]]);
        Inode file = u.At("d", directory => ((DirectoryInode)directory).CreateDetached(new NewInode { Mode = 0x81A4 }).Value);
        Assert.Equal(Errno.None, ((FileInode)file).Write(0, "t"u8, out _));
        Assert.Equal(Errno.None, u.In("d/named", (directory, name) => directory.Link(name, file)));
        Assert.Equal(file.Number, u.Stat("d/named").Inode);
        file.Release();
        Assert.Equal("t", u.Read("d/named"));
    }
}
