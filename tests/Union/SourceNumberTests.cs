using System.Text;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Numbers that rest on records and on the top's table of lowers.</summary>
public class SourceNumberTests
{
    [Fact]
    public void EveryNumberIsTheSameBeforeAndAfterCopiesRemountsAndInAnotherOrder()
    {
        using var u = new UnionFixture(["own=1", "m/own=1"], [["a=1", "b~a", "m/x=1", "d/s/y=1", "l@target"], ["c=2", "m/z=2", "e/w=2", "e/v~c"]]);
        SortedDictionary<string, (ulong, uint)> before = All(u);
        Assert.Equal(before.Count - 2, before.Values.Distinct().Count());
        foreach (string path in before.Keys.Where(path => path.Length > 0))
        {
            Assert.Equal(Errno.None, u.Chmod(path, 0x1C0));
        }

        Assert.Equal(before, All(u));
        u.Remount();
        Assert.Equal(before, All(u));
        u.Remount(layers: [u.Lowers[1], u.Lowers[0]]);
        Assert.Equal(before, All(u));
        using TmpfsFileSystem more = LayerRecipe.Build(u.Clock, true, "m/new=3", "n=3");
        u.Remount(layers: [more, u.Lowers[1], u.Lowers[0]]);
        Assert.All(before, entry => Assert.Equal((entry.Key, entry.Value), (entry.Key, All(u)[entry.Key])));
        u.Remount();
    }

    [Fact]
    public void TwoCopiesOfOneSourceDoNotShareANumber()
    {
        using var u = new UnionFixture(["p=1", "q=2"], [["f=0", "g=0"]]);
        Assert.Equal(Errno.None, u.Lowers[0].Root.Lookup("f"u8).Value.GetAttributes(out Attributes source));
        foreach (byte[] name in (byte[][])["p"u8.ToArray(), "q"u8.ToArray()])
        {
            Inode copy = u.Top.Root.Lookup(name).Value;
            Assert.Equal(Errno.None, copy.SetCopySource(new CopySource { Layer = 1, Inode = source.Inode, Generation = source.Generation }, []));
            copy.Release();
        }

        foreach (string[] order in (string[][])[["f", "p", "q"], ["q", "f", "p"], ["p", "q", "f"]])
        {
            u.Remount();
            Inode[] held = [.. order.Select(name => u.Walk(name).Value)];
            Assert.Equal(3, held.Select(inode => inode.Number).Distinct().Count());
            SortedDictionary<string, (ulong, uint)> all = All(u);
            Assert.Equal(all.Count, all.Values.Distinct().Count());
            Assert.Equal(["0", "1", "2"], ((string[])["f", "p", "q"]).Select(u.Read));
            Array.ForEach(held, inode => inode.Release());
        }

        u.LowersMayDiffer();
    }

    [Fact]
    public void ATopWithContentIsNotStackedOverAnotherLower()
    {
        using var u = new UnionFixture([], [["a=1"]]);
        LayerIdentity known = new(LayerKind.Ext2, new byte[16], "a volume");
        Assert.Equal(Errno.None, u.Top.StoreLowers([new RememberedLower(1, known, true)]));
        Assert.True(UnionFileSystem.Create(u.Top, [u.Lowers[0]], new UnionOptions()).Succeeded);
        Assert.Equal(Errno.None, u.Top.StoreLowers([new RememberedLower(1, known, true)]));
        u.Top.Root.Create("x"u8, new NewInode { Mode = 0x81A4 }).Value.Release();
        var top = new FaultyLayer(u.Top) { Countdown = 0 };
        Assert.Equal(Errno.ESTALE, UnionFileSystem.Create(new FaultyLayer(u.Top), [new FaultyLayer(u.Lowers[0])], new UnionOptions(), out RememberedLower? missing).Error);
        Assert.Equal(known, missing!.Identity);
        Assert.Equal(0, top.Countdown);
        Assert.True(UnionFileSystem.Create(u.Top, [u.Lowers[0]], new UnionOptions { ForceLower = true }).Succeeded);
        var rows = new List<RememberedLower>();
        Assert.Equal(Errno.None, u.Top.ReadLowers(rows));
        Assert.Equal([(1, false), (2, true)], rows.Select(row => ((int)row.Number, row.IsCurrent)));
    }

    [Fact]
    public void ATopWithoutRoomForItsLowersCopiesWithoutRecordsUntilThereIsRoom()
    {
        using var u = new UnionFixture([], [["a=1", "b=2"]]);
        using var fresh = new TmpfsFileSystem(new TmpfsOptions { Clock = u.Clock });
        var top = new FaultyLayer(fresh) { Countdown = 0, Failure = Errno.ENOSPC };
        u.Remount(top);
        Assert.Contains("no room to note its 1 lowers", Assert.Single(u.Log.Lines));
        top.Countdown = 0;
        Assert.Equal(Errno.None, u.Chmod("a", 0x180));
        Assert.Equal(Errno.None, u.Chmod("b", 0x180));
        Assert.False(HasRecord("a"));
        Assert.True(HasRecord("b"));
        Assert.Equal("1", u.Read("a"));
        Assert.Equal("2", u.Read("b"));
        u.Remount();

        bool HasRecord(string name)
        {
            Inode copy = fresh.Root.Lookup(Encoding.ASCII.GetBytes(name)).Value;
            Errno error = copy.GetCopySource([], out _, out _);
            copy.Release();
            return error == Errno.None;
        }
    }

    // Path to number and generation, of all that is there; every listing must say what stat says.
    private static SortedDictionary<string, (ulong, uint)> All(UnionFixture u)
    {
        var all = new SortedDictionary<string, (ulong, uint)>(StringComparer.Ordinal) { [""] = (u.Stat("").Inode, u.Stat("").Generation) };
        var left = new Stack<string>([""]);
        while (left.TryPop(out string? directory))
        {
            foreach (ListedEntry entry in u.List(directory))
            {
                string path = directory.Length == 0 ? entry.Name : $"{directory}/{entry.Name}";
                Attributes attributes = u.Stat(path);
                Assert.Equal((path, attributes.Inode), (path, entry.Inode));
                all.Add(path, (attributes.Inode, attributes.Generation));
                if (entry.Kind == InodeKind.Directory)
                {
                    left.Push(path);
                }
            }
        }

        return all;
    }
}
