using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Hard links of lowers stay hard links, whoever looked at which name and when.</summary>
public class HardLinkTests
{
    private static readonly string[] Linked = ["a=old", "b~a", "d/c~a", "d/e/f~a", "single=1"];

    [Fact]
    public void WritingThroughOneNameChangesAllAndBringsNoneToTheTop()
    {
        using var u = new UnionFixture(["d/own=1"], [["x=other"], Linked]);
        ulong number = u.Stat("b").Inode;
        Assert.Equal(Errno.None, u.Write("d/c", "new"));
        Check(u, "new", number, "a", "b", "d/c", "d/e/f");
        Assert.DoesNotContain("c=", u.TopSlots("d"));
        u.Remount();
        Check(u, "new", number, "a", "b", "d/c", "d/e/f");
        Assert.Equal(Errno.None, u.Write("a", "two"));
        u.Remount(layers: [u.Lowers[1], u.Lowers[0]]);
        Check(u, "two", number, "a", "b", "d/c", "d/e/f");
        Assert.Equal(u.Stat("d/e/f").Inode, u.List("d/e")[0].Inode);
    }

    [Fact]
    public void ACopyThatIsMadeWhileAnotherNameIsOpenIsSeenThere()
    {
        using var u = new UnionFixture([], [Linked]);
        Inode open = u.Walk("d/e/f").Value;
        Assert.Equal("old", UnionFixture.ReadAll(open));
        Assert.Equal(Errno.None, u.Write("a", "new"));
        Assert.Equal("new", UnionFixture.ReadAll(open));
        Inode other = u.Walk("b").Value;
        Assert.Same(open, other);
        open.Release();
        other.Release();
    }

    [Fact]
    public void CountsFollowEveryChange()
    {
        using var u = new UnionFixture([], [Linked]);
        ulong number = u.Stat("a").Inode;
        Assert.Equal(Errno.None, u.Unlink("b"));
        Check(u, "old", number, "a", "d/c", "d/e/f");
        Assert.Equal(Errno.None, u.Link("d/c", "g"));
        Check(u, "old", number, "a", "d/c", "d/e/f", "g");
        Assert.Equal(Errno.None, u.Rename("a", "h"));
        Check(u, "old", number, "h", "d/c", "d/e/f", "g");
        Assert.Equal(Errno.None, u.Rename("single", "d/c"));
        Check(u, "old", number, "h", "d/e/f", "g");
        u.Remount();
        Check(u, "old", number, "h", "d/e/f", "g");
        Assert.Equal(Errno.None, u.Rename("d/e/f", "d/c", RenameFlags.Exchange));
        Check(u, "old", number, "h", "d/c", "g");
        Assert.Equal("1", u.Read("d/e/f"));
        Assert.Equal(Errno.None, u.Rename("h", "g"));
        Check(u, "old", number, "h", "d/c", "g");
        u.Remount();
        Check(u, "old", number, "h", "d/c", "g");
        Assert.Equal("d g h", u.Names(""));
    }

    [Theory]
    [InlineData(CopyUpMode.Full)]
    [InlineData(CopyUpMode.Partial)]
    public void TheLastNameFreesTheFile(CopyUpMode mode)
    {
        using var u = new UnionFixture(["d/e/own=1"], [Linked], copyUp: mode);
        Assert.Equal(Errno.None, u.Union.GetStatistics(out Statistics before));
        Assert.Equal(Errno.None, u.Write("a", "new"));
        string[] names = ["a", "b", "d/c", "d/e/f"];
        foreach (string name in names)
        {
            Assert.Equal(Errno.None, u.Unlink(name));
        }

        Assert.Equal(Errno.None, u.Union.GetStatistics(out Statistics after));
        // Whiteouts of a tmpfs are charged as inodes.
        Assert.Equal(before.FreeInodes - (ulong)names.Length, after.FreeInodes);
        Assert.Equal(before.FreeBlocks, after.FreeBlocks);
        Assert.True(u.Top.Index.IsEmpty);
        u.Remount();
        Assert.Equal("d single", u.Names(""));
    }

    [Fact]
    public void ALinkedFileWithoutNamesLivesUntilItIsClosed()
    {
        using var u = new UnionFixture([], [Linked]);
        Inode open = u.Walk("a").Value;
        foreach (string name in (string[])["a", "b", "d/c", "d/e/f"])
        {
            Assert.Equal(Errno.None, u.Unlink(name));
        }

        Assert.Equal(Errno.None, open.GetAttributes(out Attributes attributes));
        Assert.Equal(0u, attributes.LinkCount);
        Assert.Equal(Errno.None, ((FileInode)open).Write(0, "end"u8, out _));
        Assert.Equal(Errno.None, u.Union.Sync());
        Assert.Equal("end", UnionFixture.ReadAll(open));
        Assert.Equal(Errno.None, open.GetAttributes(out attributes));
        Assert.Equal(0u, attributes.LinkCount);
        open.Release();
        Assert.Equal(Errno.None, u.Union.Sync());
        Assert.True(u.Top.Index.IsEmpty);
    }

    [Fact]
    public void CountsThatWaitForASyncAreSeenByThoseWhoLookAgain()
    {
        using var u = new UnionFixture([], [Linked]);
        ulong number = u.Stat("a").Inode;
        Assert.Equal(Errno.None, u.Write("a", "new"));
        Assert.Equal(Errno.None, u.Unlink("a"));
        Check(u, "new", number, "b", "d/c", "d/e/f");
        Assert.Equal(Errno.None, u.Unlink("b"));
        Check(u, "new", number, "d/c", "d/e/f");
        Assert.Equal(Errno.None, u.Union.Sync());
        Check(u, "new", number, "d/c", "d/e/f");
    }

    [Fact]
    public void AFormerTopLeadsItsNamesToItsCopies()
    {
        using var u = new UnionFixture([], [Linked]);
        ulong number = u.Stat("a").Inode;
        Assert.Equal(Errno.None, u.Write("a", "one"));
        Assert.Equal(Errno.None, u.Unlink("b"));
        Assert.Equal(Errno.None, u.Rename("d/e/f", "g"));
        using var fresh = new TmpfsFileSystem(new TmpfsOptions { Clock = u.Clock });
        u.Remount(fresh, [u.Top, u.Lowers[0]]);
        Assert.Equal(u.Stat("a").Inode, u.Stat("d/c").Inode);
        ulong below = u.Stat("a").Inode;
        Check(u, "one", below, "a", "d/c", "g");
        Assert.Equal(Errno.None, u.Write("g", "two"));
        Check(u, "two", below, "a", "d/c", "g");
        Assert.Equal(Errno.None, u.Unlink("d/c"));
        u.Remount(fresh, [u.Top, u.Lowers[0]]);
        Check(u, "two", below, "a", "g");
        Assert.Equal(Errno.ENOENT, u.Exists("b"));
        u.Remount();
        Check(u, "one", number, "a", "d/c", "g");
        u.LowersMayDiffer();
    }

    [Fact]
    public void ACallThatFailsLeavesAllNamesOneFile()
    {
        (string Name, Func<UnionFixture, Errno> Do)[] calls =
        [
            ("write", u => u.Write("b", "new")),
            ("chmod", u => u.Chmod("b", 0x180)),
            ("unlink", u => u.Unlink("d/c")),
            ("rename", u => u.Rename("d/c", "d/z")),
            ("replace", u => u.Rename("single", "d/c")),
            ("exchange", u => u.Rename("single", "d/c", RenameFlags.Exchange)),
            ("link", u => u.Link("d/c", "z")),
        ];
        foreach ((string name, Func<UnionFixture, Errno> call) in calls)
        {
            bool isOver = false;
            for (int change = 0; !isOver; change++)
            {
                using var u = new UnionFixture([], [Linked]);
                var top = new FaultyLayer(u.Top);
                u.Remount(top);
                top.Countdown = change;
                Errno error = call(u);
                isOver = top.Countdown >= 0;
                top.Countdown = -1;
                OneFile(u, $"{name}, change {change}: {error}");
                u.Remount();
                OneFile(u, $"{name}, change {change}: {error}, after a remount");
            }
        }
    }

    [Fact]
    public void ANameGoesEvenWhereItsFileCannotBeCopied()
    {
        using var u = new UnionFixture([], [["a=" + new string('x', 9000), "b~a"]], topOptions: new TmpfsOptions { SizeBytes = 4096, Mode = 0x1ED }, copyUp: CopyUpMode.Full);
        Assert.Equal(Errno.ENOSPC, u.Write("a", "y"));
        Assert.Equal(Errno.None, u.Unlink("a"));
        Assert.Equal("b", u.Names(""));
        Assert.Equal(2u, u.Stat("b").LinkCount);
    }

    [Fact]
    public void AnEntryForAnotherFileThatHadTheNumberIsNone()
    {
        using var u = new UnionFixture([], [Linked]);
        Assert.Equal(Errno.None, u.Write("a", "new"));
        u.At("a", named =>
        {
            ulong source = u.Lowers[0].Root.Lookup("a"u8).Value.Number;
            Inode copy = u.Top.Index.Find(1, source).Value;
            Assert.Equal(Errno.None, copy.GetCopySource([], out CopySource record, out _));
            record.Generation++;
            Assert.Equal(Errno.None, copy.SetCopySource(record, []));
            copy.Release();
            return named.Number;
        });
        u.Remount();
        Assert.Equal("old", u.Read("b"));
        Assert.Equal(Errno.EIO, u.Write("b", "no!"));
        Assert.Contains("the copy of another", Assert.Single(u.Log.Lines));
        Assert.Equal("old", u.Read("a"));
        u.LowersMayDiffer();
    }

    [Fact]
    public void AnIndexedCopyIsFoundByNumber()
    {
        using var u = new UnionFixture([], [Linked]);
        Assert.Equal(Errno.None, u.Write("a", "new"));
        Attributes before = u.Stat("a");
        u.Remount();
        Inode found = u.Union.Find(before.Inode).Value;
        Assert.Equal((before.Inode, before.Generation), (found.Number, found.Generation));
        Assert.Equal("new", UnionFixture.ReadAll(found));
        found.Release();
    }

    private static void Check(UnionFixture u, string content, ulong number, params string[] names)
    {
        foreach (string name in names)
        {
            Attributes attributes = u.Stat(name);
            Assert.Equal((name, content, number, names.Length), (name, u.Read(name), attributes.Inode, (int)attributes.LinkCount));
        }
    }

    // Whichever of its names are left: they are one inode with one content, and its count is not too low.
    private static void OneFile(UnionFixture u, string where)
    {
        var found = new Dictionary<ulong, (string Content, uint Links, uint Mode, int Names)>();
        foreach (string name in (string[])["a", "b", "d/c", "d/e/f", "d/z", "z", "single"])
        {
            if (u.Exists(name) != Errno.None)
            {
                continue;
            }

            Attributes attributes = u.Stat(name);
            string content = u.Read(name);
            int names = found.TryGetValue(attributes.Inode, out (string Content, uint Links, uint Mode, int Names) known) ? known.Names : 0;
            Assert.True(names == 0 || (known.Content, known.Links, known.Mode) == (content, attributes.LinkCount, attributes.Mode), $"{where}: {name} differs");
            found[attributes.Inode] = (content, attributes.LinkCount, attributes.Mode, names + 1);
        }

        Assert.All(found.Values, file => Assert.True(file.Links >= file.Names, $"{where}: {file.Names} names, {file.Links} links"));
        Assert.True(found.Count <= 2, where);
    }
}
