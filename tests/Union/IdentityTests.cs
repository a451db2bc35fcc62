using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Numbers, links and objects: one inode per object, whatever layer it lies in.</summary>
public class IdentityTests
{
    [Fact]
    public void NumbersAreUniqueOverTheLayersAndThoseOfTheTopAreItsOwn()
    {
        using var u = new UnionFixture(["t=1", "m/t=2"], [["a=1", "m/b=1"], ["c=1", "m/d=1"]]);
        string[] paths = ["", "t", "m", "m/t", "a", "m/b", "c", "m/d"];
        ulong[] numbers = [.. paths.Select(path => u.Stat(path).Inode)];
        Assert.Equal(numbers.Length, numbers.Distinct().Count());
        Assert.Equal(NumberSpace.Root, numbers[0]);
        Inode own = u.Top.Root.Lookup("t"u8).Value;
        Assert.Equal(own.Number, numbers[1]);
        own.Release();
    }

    [Fact]
    public void WideNumbersAreFoldedAndTakenApartAgain()
    {
        var numbers = new NumberSpace();
        (int Layer, ulong Inode)[] all = [(0, 1), (0, 2), (1, 1), (1, ulong.MaxValue), (2, ulong.MaxValue), (2, (1UL << 48) - 1), (2, 1UL << 48)];
        ulong[] given = [.. all.Select(pair => numbers.Of(pair.Layer, pair.Inode))];
        Assert.Equal(given.Length, given.Append(NumberSpace.Root).Distinct().Count() - 1);
        for (int i = 0; i < all.Length; i++)
        {
            Assert.Equal(given[i], numbers.Of(all[i].Layer, all[i].Inode));
            Assert.True(numbers.TrySplit(given[i], out int layer, out ulong inode));
            Assert.Equal(all[i], (layer, inode));
        }

        Assert.False(numbers.TrySplit(ulong.MaxValue >> 1, out _, out _));
    }

    [Fact]
    public void ACopiedObjectKeepsItsNumberForgottenOrNot()
    {
        using var u = new UnionFixture([], [["d/f=1"]]);
        ulong file = u.Stat("d/f").Inode, directory = u.Stat("d").Inode;
        Assert.Equal(Errno.None, u.Chmod("d/f", 0x180));
        Assert.Equal(file, u.Stat("d/f").Inode);
        Assert.Equal(directory, u.Stat("d").Inode);
        Assert.Equal(file, u.List("d")[0].Inode);
        Assert.Equal(directory, u.List("")[0].Inode);
        Inode alive = u.Walk("d/f").Value;
        Inode found = u.Union.Find(file).Value;
        Assert.Same(alive, found);
        Assert.Equal("1", UnionFixture.ReadAll(found));
        found.Release();
        alive.Release();
        u.Remount();
        Assert.Equal(file, u.Stat("d/f").Inode);
        Assert.Equal(directory, u.Stat("d").Inode);
        Assert.Equal(file, u.List("d")[0].Inode);
        Assert.Equal(directory, u.List("")[0].Inode);
    }

    [Fact]
    public void TheNumberOfARemovedObjectIsNotTakenForANewOne()
    {
        using var u = new UnionFixture([], [["f=1", "g=2"]]);
        Assert.Equal(Errno.None, u.Chmod("f", 0x180));
        ulong old = u.Stat("f").Inode;
        Assert.Equal(Errno.None, u.Unlink("f"));
        Assert.Equal(Errno.None, u.Create("f", "new"));
        Assert.NotEqual(old, u.Stat("f").Inode);
        Assert.NotEqual(u.Stat("g").Inode, u.Stat("f").Inode);
    }

    [Fact]
    public void HardLinksOfALowerAreOneObjectAlsoAfterTheCopy()
    {
        using var u = new UnionFixture([], [["d/a=1"]]);
        var root = (LayerDirectory)u.Lowers[0].Root;
        Inode low = ((DirectoryInode)root.Lookup("d"u8).Value).Lookup("a"u8).Value;
        Assert.Equal(Errno.None, root.Link("b"u8, low));
        u.LowersMayDiffer();
        Assert.Equal(u.Stat("d/a"), u.Stat("b"));
        Assert.Equal(2u, u.Stat("b").LinkCount);
        Inode held = u.Walk("b").Value;
        Assert.Equal(Errno.None, u.Write("d/a", "2"));
        Assert.Equal("2", u.Read("b"));
        Assert.Equal(2u, u.Stat("b").LinkCount);
        Assert.Equal(Errno.None, u.Unlink("b"));
        Assert.Equal(1u, u.Stat("d/a").LinkCount);
        Assert.Equal("2", UnionFixture.ReadAll(held));
        held.Release();
        Assert.Equal("2", u.Read("d/a"));
        Assert.Equal(1u, u.Stat("d/a").LinkCount);
        u.Remount();
        Assert.Equal("2", u.Read("d/a"));
        Assert.Equal(Errno.ENOENT, u.Exists("b"));
    }

    [Fact]
    public void NamesOfALinkedFileFoundAfterTheCopyFollowItWhenItIsChangedRenamedOrRemoved()
    {
        using var u = new UnionFixture([], [["a=1", "d/"]]);
        var root = (LayerDirectory)u.Lowers[0].Root;
        Inode low = root.Lookup("a"u8).Value;
        foreach (string name in (string[])["b", "c", "e"])
        {
            Assert.Equal(Errno.None, root.Link(UnionFixture.B(name), low));
        }

        u.LowersMayDiffer();
        Assert.Equal(Errno.None, u.Write("a", "2"));
        Assert.Equal("2", u.Read("b"));
        Assert.Equal(Errno.None, u.Rename("b", "d/b"));
        Assert.Equal(4u, u.Stat("a").LinkCount);
        Assert.Equal(Errno.None, u.At("c", _ => u.Unlink("a")));
        Assert.Equal("2", u.Read("c"));
        Assert.Equal(Errno.None, u.Unlink("e"));
        Assert.Equal(2u, u.Stat("c").LinkCount);
        Assert.Equal(2u, u.Stat("d/b").LinkCount);
        u.Remount();
        Assert.Equal("c d", u.Names(""));
        Assert.Equal("2", u.Read("d/b"));
        Assert.Equal(u.Stat("c"), u.Stat("d/b"));
        Assert.Equal(2u, u.Stat("c").LinkCount);
    }

    [Fact]
    public void AFileWhoseLinksCannotBeReadIsNotTakenForRemoved()
    {
        bool isOver = false;
        for (int reads = 0; !isOver; reads++)
        {
            using UnionFixture u = TwoNames();
            var lower = new FaultyLayer(u.Lowers[0]);
            u.Lowers[0] = lower;
            u.Remount();
            Inode a = u.Walk("a").Value;
            Assert.Equal(Errno.None, u.Exists("b"));
            lower.StatCountdown = reads;
            Errno error = u.Unlink("b");
            isOver = lower.StatCountdown >= 0;
            lower.StatCountdown = -1;
            Assert.Equal(Errno.None, u.Write("a", "2"));
            a.Release();
            u.Remount();
            Assert.Equal("2", u.Read("a"));
            Assert.Equal(error == Errno.None ? "a" : "a b", u.Names(""));
        }
    }

    [Fact]
    public void TimesThatCannotBeReadAreNotSetBack()
    {
        bool isOver = false;
        for (int reads = 0; !isOver; reads++)
        {
            using UnionFixture u = TwoNames();
            var top = new FaultyLayer(u.Top);
            u.Remount(top);
            Inode a = u.Walk("a").Value;
            Assert.Equal(Errno.None, u.Exists("b"));
            top.StatCountdown = reads;
            _ = a.Opened(OpenMode.Write);
            isOver = top.StatCountdown >= 0;
            top.StatCountdown = -1;
            Assert.Equal(1000, u.Stat("").ModifyTime.Seconds);
            Assert.Equal(1000, u.Stat("a").ModifyTime.Seconds);
            Assert.Equal(1000, u.Stat("b").ModifyTime.Seconds);
            a.Release();
            u.Remount();
        }
    }

    [Fact]
    public void ObjectsAreFoundByNumber()
    {
        using var u = new UnionFixture(["t=1", "m/x=1"], [["d/s/deep=2", "m/y=3"]]);
        foreach (string path in (string[])["", "t", "d", "d/s", "m"])
        {
            ulong number = u.Stat(path).Inode;
            Inode found = u.Union.Find(number).Value;
            Assert.Equal(number, found.Number);
            found.Release();
        }

        Assert.Equal(Errno.ESTALE, u.Union.Find(999_999).Error);
        Assert.Equal(Errno.ESTALE, u.Union.Find(ulong.MaxValue).Error);

        // A file of a lower that is not alive: its number does not tell its name, so the union is walked. It can be copied up then, and what is gone is not found.
        ulong below = u.Stat("d/s/deep").Inode;
        Inode reached = u.Union.Find(below).Value;
        Assert.Equal(below, reached.Number);
        reached.Release();
        ulong gone = u.Stat("m/y").Inode;
        Assert.Equal(Errno.None, u.Unlink("m/y"));
        Assert.Equal(Errno.ESTALE, u.Union.Find(gone).Error);
        Inode alive = u.Walk("d/s/deep").Value;
        Inode again = u.Union.Find(alive.Number).Value;
        Assert.Same(alive, again);
        alive.Release();
        again.Release();
    }

    [Fact]
    public void ADirectorysParentIsTheUnions()
    {
        using var u = new UnionFixture([], [["a/b/c=1"]]);
        u.At("a/b", inode =>
        {
            DirectoryInode parent = ((DirectoryInode)inode).Parent().Value;
            Assert.Equal(u.Stat("a").Inode, parent.Number);
            parent.Release();
            return true;
        });
        DirectoryInode root = u.Root.Parent().Value;
        Assert.Same(u.Root, root);
        root.Release();
    }

    [Fact]
    public void DirectorySizeNeverChanges()
    {
        using var u = new UnionFixture([], [["d/x=1"]]);
        Attributes before = u.Stat("d");
        for (int i = 0; i < 200; i++)
        {
            Assert.Equal(Errno.None, u.Create($"d/long-name-of-a-file-{i}"));
        }

        Assert.Equal((before.Size, before.Blocks), (u.Stat("d").Size, u.Stat("d").Blocks));
    }

    // A lower with one file under the names a and b.
    private static UnionFixture TwoNames()
    {
        var u = new UnionFixture([], [["a=1"]]);
        var root = (LayerDirectory)u.Lowers[0].Root;
        Inode low = root.Lookup("a"u8).Value;
        u.Clock.Seconds = 1000;
        Assert.Equal(Errno.None, root.Link("b"u8, low));
        low.Release();
        u.Clock.Seconds = 2000;
        u.LowersMayDiffer();
        return u;
    }
}
