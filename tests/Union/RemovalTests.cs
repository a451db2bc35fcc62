using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Section 5: unlink, rmdir and what they leave on the top.</summary>
public class RemovalTests
{
    [Fact]
    public void AWhiteoutOnlyWhereALowerWouldShowTheName()
    {
        using var u = new UnionFixture(["own=1", "both=1"], [["both=2", "low=3"]]);
        Assert.Equal(Errno.None, u.Unlink("own"));
        Assert.Equal(Errno.None, u.Unlink("both"));
        Assert.Equal(Errno.None, u.Unlink("low"));
        Assert.Equal("both! low!", u.TopSlots(""));
        Assert.Equal("", u.Names(""));
        u.Remount();
        Assert.Equal(Errno.ENOENT, u.Exists("both"));
    }

    [Fact]
    public void NoWhiteoutForANameThatAFormerTopHides()
    {
        using var u = new UnionFixture(["a=1"], [["a!"], ["a=2"]]);
        Assert.Equal(Errno.None, u.Unlink("a"));
        Assert.Equal("", u.TopSlots(""));
        Assert.Equal(Errno.ENOENT, u.Exists("a"));
    }

    [Fact]
    public void AFallthruInAnOpaqueDirectoryIsSimplyDeleted()
    {
        using var u = new UnionFixture(["d/own=1"], [["d/a=1", "d/s/x=1"]]);
        _ = u.Names("d");
        Assert.Equal(Errno.None, u.Unlink("d/a"));
        Assert.Equal(Errno.None, u.Unlink("d/own"));
        Assert.Equal("^ s?", u.TopSlots("d"));
        Assert.Equal(Errno.None, u.Unlink("d/s/x"));
        Assert.Equal(Errno.None, u.RemoveDirectory("d/s"));
        Assert.Equal("^", u.TopSlots("d").Trim());
        u.Remount();
        Assert.Equal("", u.Names("d"));
    }

    [Fact]
    public void RemovingChangesTheDirectorysTimesAndNoOthers()
    {
        using var u = new UnionFixture([], [["p/d/a=1", "p/d/b=1"]]);
        u.Clock.Seconds = 3000;
        Assert.Equal(Errno.None, u.Unlink("p/d/a"));
        Assert.Equal(3000, u.Stat("p/d").ModifyTime.Seconds);
        Assert.Equal(3000, u.Stat("p/d").ChangeTime.Seconds);
        Assert.Equal(1000, u.Stat("p").ModifyTime.Seconds);
        Assert.Equal(1000, u.Stat("").ModifyTime.Seconds);
    }

    [Fact]
    public void EmptinessIsThatOfTheMergedView()
    {
        using var u = new UnionFixture(["d/^", "d/dead?", "e/gone!"], [["d/x=1", "e/gone=1", "f/y=1", "g/"], ["g/z=1"]]);
        Assert.Equal(Errno.ENOTEMPTY, u.RemoveDirectory("f"));
        Assert.Equal(Errno.ENOTEMPTY, u.RemoveDirectory("g"));
        Assert.Equal(Errno.None, u.RemoveDirectory("d"));
        Assert.Equal(Errno.None, u.RemoveDirectory("e"));
        Assert.Equal("f g", u.Names(""));
        Assert.Equal(Errno.ENOENT, u.Exists("d"));
    }

    [Fact]
    public void KindsAreNotMixedUp()
    {
        using var u = new UnionFixture([], [["f=1", "d/"]]);
        Assert.Equal(Errno.EISDIR, u.Unlink("d"));
        Assert.Equal(Errno.ENOTDIR, u.RemoveDirectory("f"));
        Assert.Equal(Errno.ENOENT, u.Unlink("none"));
        Assert.Equal("", u.TopSlots(""));
    }

    [Fact]
    public void AnUnlinkedOpenLowerFileIsReadAndWritten()
    {
        using var u = new UnionFixture([], [["d/f=before"]]);
        u.At("d/f", inode =>
        {
            Assert.Equal(Errno.None, inode.Opened(OpenMode.Read));
            Assert.Equal(Errno.None, u.Unlink("d/f"));
            Assert.Equal("before", UnionFixture.ReadAll(inode));
            Assert.Equal(Errno.None, ((FileInode)inode).Write(0, "BE"u8, out _));
            Assert.Equal("BEfore", UnionFixture.ReadAll(inode));
            Assert.Equal(Errno.None, inode.GetAttributes(out Attributes attributes));
            Assert.Equal(0u, attributes.LinkCount);
            inode.Closed(OpenMode.Read);
            return true;
        });
        Assert.Equal(Errno.ENOENT, u.Exists("d/f"));
        Assert.Equal("f!", u.TopSlots("d"));
    }

    [Fact]
    public void ARemovedDirectoryTakesNoNamesAndHasNoParent()
    {
        using var u = new UnionFixture([], [["d/"]]);
        u.At("d", inode =>
        {
            var directory = (DirectoryInode)inode;
            Assert.Equal(Errno.None, u.RemoveDirectory("d"));
            Assert.Equal(Errno.ENOENT, directory.Create("x"u8, new NewInode { Mode = 0x81A4 }).Error);
            Assert.Equal(Errno.ESTALE, directory.Parent().Error);
            Assert.Equal(Errno.ENOENT, directory.Lookup("x"u8).Error);
            Assert.Empty(ListedEntry.All(directory));
            return true;
        });
    }

    [Fact]
    public void ImmutableAndAppendOnlyAreRefusedBeforeAnythingIsWritten()
    {
        using var u = new UnionFixture([], [["i=1", "a=1", "d/x=1", "free=1"]]);
        Assert.Equal(Errno.None, u.SetFlags("i", InodeFlags.Immutable));
        Assert.Equal(Errno.None, u.SetFlags("a", InodeFlags.AppendOnly));
        Assert.Equal(Errno.None, u.SetFlags("d", InodeFlags.Immutable));
        string before = LayerDump.Of(u.Top);
        Assert.Equal(Errno.EPERM, u.Unlink("i"));
        Assert.Equal(Errno.EPERM, u.Unlink("a"));
        Assert.Equal(Errno.EPERM, u.Unlink("d/x"));
        Assert.Equal(Errno.EPERM, u.Create("d/n"));
        Assert.Equal(Errno.EPERM, u.Write("i", "x"));
        Assert.Equal(Errno.EPERM, u.Write("a", "x"));
        Assert.Equal(Errno.EPERM, u.Chmod("i", 0));
        Assert.Equal(Errno.EPERM, u.Rename("free", "i"));
        Assert.Equal(Errno.EPERM, u.Link("i", "j"));
        Assert.Equal(before, LayerDump.Of(u.Top));
        Assert.Equal(Errno.None, u.Write("a", "+", 1, OpenMode.Append));
        Assert.Equal(Errno.None, u.Chmod("d/x", 0x1C0));
        Assert.Equal("x", u.TopSlots("d"));
        Assert.Equal(Errno.None, u.SetFlags("i", InodeFlags.None));
        Assert.Equal(Errno.None, u.Unlink("i"));
    }
}
