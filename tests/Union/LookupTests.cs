using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Section 3 of the specification: what a name stands for in a stack of layers.</summary>
public class LookupTests
{
    [Fact]
    public void TopWinsAndNonDirectoriesNeverMerge()
    {
        using var u = new UnionFixture(["a=top", "d/x=top", "f/in=1"], [["a=low", "d/y=low", "f=file"]]);
        Assert.Equal("top", u.Read("a"));
        Assert.Equal("x y", u.Names("d"));
        Assert.Equal("in", u.Names("f"));
    }

    [Fact]
    public void AFileOnTopHidesADirectoryBelow()
    {
        using var u = new UnionFixture(["d=file"], [["d/x=1"]]);
        Assert.Equal(InodeKind.File, u.Stat("d").Kind);
        Assert.Equal(Errno.ENOTDIR, u.Exists("d/x"));
    }

    [Fact]
    public void AWhiteoutHidesAndAFallthruShowsOpaqueOrNot()
    {
        using var u = new UnionFixture(["gone!", "o/^", "o/through?", "p/through?"], [["gone=1", "o/through=2", "o/hidden=3", "p/through=4", "p/plain=5"]]);
        Assert.Equal(Errno.ENOENT, u.Exists("gone"));
        Assert.Equal("2", u.Read("o/through"));
        Assert.Equal(Errno.ENOENT, u.Exists("o/hidden"));
        Assert.Equal("4", u.Read("p/through"));
        Assert.Equal("5", u.Read("p/plain"));
    }

    [Fact]
    public void TwinsAccumulateOverAllLowers()
    {
        using var u = new UnionFixture(["d/t=0"], [["d/a=1"], ["d/b=2"], ["d/a=hidden", "d/c=3"]]);
        Assert.Equal("a b c t", u.Names("d"));
        Assert.Equal("1", u.Read("d/a"));
        Assert.Equal("3", u.Read("d/c"));
    }

    [Fact]
    public void ANonDirectoryBeneathADirectoryIsIgnoredAndEndsTheWalk()
    {
        using var u = new UnionFixture([], [["d/a=1"], ["d=file"], ["d/deep=3"]]);
        Assert.Equal("a", u.Names("d"));
        Assert.Equal(Errno.ENOENT, u.Exists("d/deep"));
    }

    [Fact]
    public void MarksOfAFormerTopCount()
    {
        using var u = new UnionFixture([], [["d/gone!", "d/kept?", "d/^", "w!"], ["d/gone=1", "d/kept=2", "d/absent=3", "w/x=4"]]);
        Assert.Equal("kept", u.Names("d"));
        Assert.Equal("2", u.Read("d/kept"));
        Assert.Equal(Errno.ENOENT, u.Exists("d/gone"));
        Assert.Equal(Errno.ENOENT, u.Exists("d/absent"));
        Assert.Equal(Errno.ENOENT, u.Exists("w"));
    }

    [Fact]
    public void OpaqueNeverCutsOffATwin()
    {
        // The middle layer does not know "s/deep" and is opaque, but its directory s merges on: the fallthru in it reaches the bottom.
        using var u = new UnionFixture([], [["p/^", "p/s/^", "p/s/through?"], ["p/s/through=bottom", "p/s/hidden=x", "p/other=y"]]);
        Assert.Equal("bottom", u.Read("p/s/through"));
        Assert.Equal("through", u.Names("p/s"));
        Assert.Equal("s", u.Names("p"));
    }

    [Fact]
    public void AnOpaqueLowerWithoutTheNameStopsAFallthruFromAbove()
    {
        using var u = new UnionFixture(["d/n?"], [["d/^"], ["d/n=1"]]);
        Assert.Equal(Errno.ENOENT, u.Exists("d/n"));
        Assert.Equal("", u.Names("d"));
    }

    [Fact]
    public void OriginNoneOfALowerEndsTheTwins()
    {
        using var u = new UnionFixture([], [["d/^^", "d/new=1"], ["d/old=2", "d/sub/x=3"]]);
        Assert.Equal("new", u.Names("d"));
        Assert.Equal(Errno.ENOENT, u.Exists("d/sub"));
    }

    [Fact]
    public void ARedirectOfALowerIsAPathInTheLayersBelowIt()
    {
        using var u = new UnionFixture(["new/t=top"], [["new/>old/dir", "old/dir!"], ["old/dir/a=1", "old/dir/sub/b=2", "new/stranger=x"]]);
        Assert.Equal("a sub t", u.Names("new"));
        Assert.Equal("2", u.Read("new/sub/b"));
        Assert.Equal(Errno.ENOENT, u.Exists("old/dir"));
    }

    [Fact]
    public void ARedirectLeadsThroughRedirectsFurtherDown()
    {
        using var u = new UnionFixture(["z/>y"], [["y/>x", "x!"], ["x/a=1"]]);
        Assert.Equal("1", u.Read("z/a"));
    }

    [Fact]
    public void ARedirectThatLeadsNowhereShowsNoLowerContent()
    {
        using var u = new UnionFixture(["z/>not/there", "z/own=1", "y/>../..", "x/>file"], [["file=1", "z/a=1"]]);
        Assert.Equal("own", u.Names("z"));
        Assert.Equal("", u.Names("y"));
        Assert.Equal("", u.Names("x"));
    }

    [Fact]
    public void ForgedRedirectsThatMultiplyEachOtherEnd()
    {
        // Each layer's path leads through directories that lead through the next layer's path: 200 to the power of 5 steps if they were all followed.
        string path = string.Join('/', Enumerable.Repeat("d", 200));
        string[] forged = [.. Enumerable.Range(1, 199).Select(i => string.Join('/', Enumerable.Repeat("d", i)) + "/>" + path)];
        using var u = new UnionFixture(["x/>" + path], [forged, forged, forged, forged, [path + "/f=1"]]);
        Assert.Equal(InodeKind.Directory, u.Stat("x").Kind);
    }

    [Fact]
    public void LookupNeverWrites()
    {
        using var u = new UnionFixture([], [["a/b/c/f=1", "a/g=2"]]);
        string before = LayerDump.Of(u.Top);
        Assert.Equal("1", u.Read("a/b/c/f"));
        _ = u.Stat("a/b");
        Assert.Equal("c", u.Names("a/b"));
        Assert.Equal(before, LayerDump.Of(u.Top));
    }

    [Fact]
    public void ASealedParentKeepsTheTwinsOfAChildMaterialisedLater()
    {
        using var u = new UnionFixture([], [["p/s/low=1", "p/s/more=2", "p/x=3"]]);
        Assert.Equal(Errno.None, u.Create("p/new"));
        Assert.Equal("new s x", u.Names("p"));
        Assert.Equal("^ new s? x?", u.TopSlots("p"));
        Assert.Equal(Errno.None, u.Create("p/s/added"));
        Assert.Equal("^ new s x?", u.TopSlots("p"));
        u.Remount();
        Assert.Equal("added low more", u.Names("p/s"));
        Assert.Equal("1", u.Read("p/s/low"));
    }

    [Fact]
    public void RemovedAndMadeAnewNothingComesBack()
    {
        using var u = new UnionFixture([], [["d/s/low=1", "d/f=2"]]);
        Assert.Equal(Errno.None, u.Unlink("d/s/low"));
        Assert.Equal(Errno.None, u.RemoveDirectory("d/s"));
        Assert.Equal(Errno.None, u.Unlink("d/f"));
        Assert.Equal(Errno.None, u.RemoveDirectory("d"));
        Assert.Equal(Errno.None, u.MakeDirectory("d"));
        Assert.Equal(Errno.None, u.MakeDirectory("d/s"));
        Assert.Equal("", u.Names("d/s"));
        u.Remount();
        Assert.Equal("s", u.Names("d"));
        Assert.Equal("", u.Names("d/s"));
    }

    [Fact]
    public void ADeadFallthruIsHiddenAndReplaced()
    {
        using var u = new UnionFixture(["d/dead?", "d/^", "e/dead?"], [["d/live=1", "e/live=2"]]);
        Assert.Equal(Errno.ENOENT, u.Exists("d/dead"));
        Assert.Equal("", u.Names("d"));
        Assert.Equal("live", u.Names("e"));
        Assert.Equal(Errno.None, u.Create("d/dead", "new"));
        Assert.Equal("new", u.Read("d/dead"));
        Assert.Equal("^ dead", u.TopSlots("d"));
    }

    [Fact]
    public void TheRootOfAVirginTopTakesTheLowerRootsAttributesOnce()
    {
        using var u = new UnionFixture([], [["a=1"]]);
        Assert.Equal(1000, u.Stat("").ModifyTime.Seconds);
        Assert.Equal(0x41EDu, u.Stat("").Mode);
        Assert.Equal(Errno.None, u.Chmod("", 0x1C0));
        u.Remount();
        Assert.Equal(0x41C0u, u.Stat("").Mode);
        Assert.Equal(Errno.None, u.At("", root => root.ListXattr([], out int length) == Errno.None && length == 0 ? Errno.None : Errno.EIO));
    }

    [Fact]
    public void AnUnusedTopKeepsItsOwnRootWhenItHasContent()
    {
        using var u = new UnionFixture(["x=1"], [["a=1"]], topOptions: new Tmpfs.TmpfsOptions { Mode = 0x1C0 });
        Assert.Equal(0x41C0u, u.Stat("").Mode);
    }

    [Fact]
    public void WithoutATopNothingCanBeChanged()
    {
        var clock = new ManualClock();
        FileSystem[] lowers = [LayerRecipe.Build(clock, true, "a=1", "d/x=1"), LayerRecipe.Build(clock, true, "b=2", "d/y=2")];
        using UnionFileSystem union = UnionFileSystem.Create(null, lowers, new UnionOptions()).Value;
        Assert.True(union.IsReadOnly);
        Assert.Equal(Errno.EROFS, union.Root.Create("n"u8, new NewInode { Mode = 0x81A4 }).Error);
        Assert.Equal(Errno.EROFS, union.Root.Unlink("a"u8));
        Assert.Equal(Errno.EROFS, union.Root.Rename("a"u8, union.Root, "c"u8, RenameFlags.None));
        Inode a = union.Root.Lookup("a"u8).Value;
        Assert.Equal(Errno.EROFS, a.Opened(OpenMode.Write));
        Assert.Equal(Errno.EROFS, a.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode }));
        Assert.Equal(Errno.EROFS, a.SetXattr("user.x"u8, "1"u8, XattrFlags.None));
        Assert.Equal("1", UnionFixture.ReadAll(a));
        a.Release();
        var d = (DirectoryInode)union.Root.Lookup("d"u8).Value;
        Assert.Equal(["x", "y"], ListedEntry.All(d).Select(entry => entry.Name).Order());
        d.Release();
    }
}
