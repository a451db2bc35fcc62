using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Section 4: what readdir shows and writes.</summary>
public class ListingTests
{
    [Fact]
    public void TheFirstListingSealsADirectoryOnTop()
    {
        using var u = new UnionFixture(["d/own=1", "d/gone!"], [["d/a=1", "d/gone=2", "d/s/x=3"], ["d/b=4"]]);
        Attributes before = u.Stat("d");
        u.Clock.Seconds++;
        Assert.Equal("a b own s", u.Names("d"));
        Assert.Equal("^ a? b? gone! own s?", u.TopSlots("d"));
        Assert.Equal(before, u.Stat("d"));
        u.Remount();
        Assert.Equal("a b own s", u.Names("d"));
        Assert.Equal("1", u.Read("d/a"));
    }

    [Fact]
    public void ADirectoryOfLowersAloneIsReadAndNothingIsWritten()
    {
        using var u = new UnionFixture([], [["d/a=1"], ["d/b=2", "e/only=3"]]);
        string before = LayerDump.Of(u.Top);
        Assert.Equal("a b", u.Names("d"));
        Assert.Equal("only", u.Names("e"));
        Assert.Equal(before, LayerDump.Of(u.Top));
    }

    [Fact]
    public void InMemoryNothingIsWritten()
    {
        using var u = new UnionFixture(["d/own=1", "d/gone!"], [["d/a=1", "d/gone=2"]], FallthruMode.Memory);
        string before = LayerDump.Of(u.Top);
        Assert.Equal("a own", u.Names("d"));
        Assert.Equal(before, LayerDump.Of(u.Top));
    }

    [Fact]
    public void AFullTopIsListedFromMemory()
    {
        // Root, its note, d and own: one mark fits, three are needed.
        using var u = new UnionFixture(["d/own=1"], [["d/a=1", "d/b=2", "d/c=3"]], topOptions: new TmpfsOptions { InodeCount = 4 });
        Assert.Equal("a b c own", u.Names("d"));
        Assert.DoesNotContain("^", u.TopSlots("d"), StringComparison.Ordinal);
        Assert.Equal("a b c own", u.Names("d"));
    }

    [Fact]
    public void AReadOnlyTopIsListedFromMemory()
    {
        using var u = new UnionFixture(["d/own=1", "d/gone!"], [["d/a=1", "d/gone=2"]]);
        u.Remount(new ReadOnlyTop(u.Top));
        string before = LayerDump.Of(u.Top);
        Assert.Equal("a own", u.Names("d"));
        Assert.Equal(Errno.EROFS, u.Create("d/x"));
        Assert.Equal(Errno.EROFS, u.Unlink("d/a"));
        Assert.Equal(Errno.EROFS, u.Write("d/a", "x"));
        Assert.Equal(before, LayerDump.Of(u.Top));
    }

    [Fact]
    public void NumberAndTypeAreThoseOfStat()
    {
        using var u = new UnionFixture(["d/own=1", "d/merged/t=1"], [["d/a=1", "d/s/x=3", "d/l@a", "d/merged/y=2"], ["d/s/z=1"]]);
        foreach (string directory in (string[])["d", "d/s", "d/merged", ""])
        {
            foreach (ListedEntry entry in u.List(directory))
            {
                Attributes stat = u.Stat(directory + "/" + entry.Name);
                Assert.Equal((stat.Inode, stat.Kind), (entry.Inode, entry.Kind));
            }
        }
    }

    [Fact]
    public void AListedNameIsFoundByItsNumber()
    {
        using var u = new UnionFixture(["d/own=1"], [["d/a=1", "d/s/x=3"], ["d/b=1", "e/f=1"]]);
        foreach (string directory in (string[])["d", "d/s", "e", ""])
        {
            foreach (ListedEntry entry in u.List(directory))
            {
                ulong number = u.At(directory, inode =>
                {
                    Inode found = ((DirectoryInode)inode).LookupListed(UnionFixture.B(entry.Name), entry.Inode, entry.Kind).Value;
                    Assert.Equal(entry.Kind, found.Kind);
                    found.Release();
                    return found.Number;
                });
                Assert.Equal(entry.Inode, number);
            }
        }
    }

    [Theory]
    [InlineData(FallthruMode.Persist)]
    [InlineData(FallthruMode.Memory)]
    public void AScanSurvivesMaterialisingSealingInsertsAndDeletes(FallthruMode mode)
    {
        string[] words = [.. Enumerable.Range(0, 300).Select(i => $"d/f{i}=x")];
        using var u = new UnionFixture([], [words, ["d/second=1"]], mode);
        u.At("d", inode =>
        {
            var directory = (DirectoryInode)inode;
            var seen = new List<string>();
            long cookie = 0;
            for (int round = 0; ; round++)
            {
                List<ListedEntry> part = Part(directory, cookie, 20);
                if (part.Count == 0)
                {
                    break;
                }

                seen.AddRange(part.Select(entry => entry.Name));
                cookie = part[^1].Cookie;
                Assert.Equal(Errno.None, directory.Unlink(UnionFixture.B(part[0].Name)));
                Assert.Equal(Errno.None, u.Create($"d/new{round}"));
                if (round % 4 == 3)
                {
                    Assert.NotEmpty(u.Names("d"));
                    u.Names("");
                }
            }

            string[] original = [.. seen.Where(name => !name.StartsWith("new", StringComparison.Ordinal)).Order()];
            Assert.Equal(301, original.Length);
            Assert.Equal(301, original.Distinct().Count());
            return true;
        });
    }

    [Fact]
    public void RemovingWhileListingEmptiesTheDirectory()
    {
        string[] words = [.. Enumerable.Range(0, 100).Select(i => $"d/f{i}=x")];
        using var u = new UnionFixture(["d/t=1"], [words]);
        u.At("d", inode =>
        {
            var directory = (DirectoryInode)inode;
            long cookie = 0;
            for (List<ListedEntry> part = Part(directory, 0, 7); part.Count > 0; part = Part(directory, cookie, 7))
            {
                foreach (ListedEntry entry in part)
                {
                    Assert.Equal(Errno.None, directory.Unlink(UnionFixture.B(entry.Name)));
                }

                cookie = part[^1].Cookie;
            }

            return true;
        });
        Assert.Equal("", u.Names("d"));
        Assert.Equal(Errno.None, u.RemoveDirectory("d"));
        Assert.Equal("d!", u.TopSlots(""));
    }

    [Fact]
    public void AnotherListingSeesWhatHappenedSince()
    {
        using var u = new UnionFixture([], [["d/a=1", "d/b=2"], ["d/c=3"]]);
        Assert.Equal("a b c", u.Names("d"));
        Assert.Equal(Errno.None, u.Unlink("d/b"));
        Assert.Equal(Errno.None, u.Create("d/n"));
        Assert.Equal("a c n", u.Names("d"));
        Assert.Equal(Errno.None, u.Rename("d/a", "d/z"));
        Assert.Equal("c n z", u.Names("d"));
    }

    [Fact]
    public void ManyDirectoriesListedInTurnKeepTheirPlaces()
    {
        string[] words = [.. Enumerable.Range(0, 20).SelectMany(d => Enumerable.Range(0, 9).Select(i => $"d{d}/f{i}=x"))];
        using var u = new UnionFixture([], [words]);
        long[] cookies = new long[20];
        int[] counts = new int[20];
        for (int round = 0; round < 9; round++)
        {
            for (int d = 0; d < 20; d++)
            {
                ListedEntry entry = u.At($"d{d}", inode => Part((DirectoryInode)inode, cookies[d], 1)[0]);
                cookies[d] = entry.Cookie;
                counts[d]++;
            }
        }

        Assert.All(counts, count => Assert.Equal(9, count));
    }

    private static List<ListedEntry> Part(DirectoryInode directory, long cookie, int count)
    {
        var sink = new FirstEntries(count);
        Assert.Equal(Errno.None, directory.Enumerate(cookie, sink));
        return sink.Entries;
    }

    private sealed class FirstEntries(int count) : DirectorySink
    {
        public List<ListedEntry> Entries { get; } = [];

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            if (Entries.Count == count)
            {
                return false;
            }

            Entries.Add(new ListedEntry(System.Text.Encoding.UTF8.GetString(name), inode, kind, nextCookie));
            return true;
        }
    }
}
