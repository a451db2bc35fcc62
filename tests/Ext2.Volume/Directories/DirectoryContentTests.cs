using System.Text;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Volume.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>The names of a directory against a dictionary, in every layout; the cost of its operations; cookies while it changes.</summary>
public sealed class DirectoryContentTests
{
    public static TheoryData<int, NameHashVersion, bool, bool> Layouts => new()
    {
        { 1024, NameHashVersion.HalfMd4, true, true },
        { 1024, NameHashVersion.Legacy, true, true },
        { 2048, NameHashVersion.TeaUnsigned, true, true },
        { 4096, NameHashVersion.HalfMd4Unsigned, true, false },
        { 65536, NameHashVersion.HalfMd4, true, true },
        { 1024, NameHashVersion.HalfMd4, false, true },
        { 4096, NameHashVersion.HalfMd4, false, false },
    };

    [Theory]
    [MemberData(nameof(Layouts))]
    public void BehavesAsADictionaryAndItsCookiesSurvive(int blockBytes, NameHashVersion version, bool mayIndex, bool hasFileType)
    {
        const int Seed = 20260;
        Random random = new(Seed);
        using MemoryDirectory directory = new(blockBytes, version, mayIndex, hasFileType);
        Dictionary<string, (uint Inode, DirectoryEntryType Type)> model = [];
        Scan scan = Scan.Start(model);
        for (int step = 0; step < 10000; step++)
        {
            // Names of one letter run: some grow long, and the directory grows, shrinks and grows again.
            int span = 1 + (step / 8);
            string name = $"{random.Next(span)}-" + new string('x', random.Next(4) == 0 ? random.Next(200) : 3);
            bool shrinks = (step / 2500) % 2 == 1;
            Step(directory.Content, model, scan, name, random.Next(10) < (shrinks ? 7 : 3), RandomTarget(random, hasFileType));
            if (random.Next(40) == 0)
            {
                scan.Advance(directory.Content, random.Next(1, 60), $"seed {Seed}, step {step}");
                scan = scan.IsDone ? Scan.Start(model) : scan;
            }

            if (step % 2000 == 1999)
            {
                directory.Remount();
                Verify(directory.Content, model);
            }
        }

        Assert.Empty(directory.Reports);
        Assert.Equal(mayIndex, directory.HasIndexFlag);
    }

    [Theory]
    [InlineData(true, 1024, 60_000)]
    [InlineData(true, 4096, 15_000)]
    [InlineData(false, 4096, 15_000)]
    public void CostsTheSamePerOperationWhenLarge(bool mayIndex, int blockBytes, int names)
    {
        using MemoryDirectory directory = new(blockBytes, NameHashVersion.HalfMd4, mayIndex);
        DirectoryContent content = directory.Content;
        for (int i = 0; i < names; i++)
        {
            Assert.Equal(Errno.None, content.Add(NameOf(i), new InodeNumber((uint)i + 1), DirectoryEntryType.File));
        }

        long created = content.BlocksVisited;
        Assert.True(created < names * 4L, $"{created} blocks for {names} creations");
        for (int i = 0; i < names; i++)
        {
            Assert.Equal(Errno.None, content.Find(NameOf(i), out EntryPlace place));
            Assert.Equal((uint)i + 1, content.RecordAt(place).Inode.Value);
            place.Dispose();
        }

        long found = content.BlocksVisited - created;
        Assert.True(found < names * 2L, $"{found} blocks for {names} lookups");
        Assert.Equal(names, List(content));
        for (int i = 0; i < names; i++)
        {
            Assert.Equal(Errno.None, content.Find(NameOf(i), out EntryPlace place));
            content.Remove(place);
            place.Dispose();
        }

        long all = content.BlocksVisited;
        Assert.True(all < names * 10L, $"{all} blocks in all");
        Assert.Equal(Errno.None, content.IsEmpty(out bool isEmpty));
        Assert.True(isEmpty);
        Assert.Empty(directory.Reports);
    }

    [Fact]
    public void NamesOfOneHashFillManyLeaves()
    {
        // Found by trying: behind this prefix, all end in one hash of the legacy version. Three such names fill a block.
        string[] ends =
        [
            "uEDcb=9l", "N8#gO3[u", "nYxiVsyC", "zp=@3VzY", "W,T*#JlS", "-LIl;.^y", ",'5U7yIy", "Y(>k3bCO",
            "$g2DmT?D", "l&DKeh>W", "oY8uRrgg", "&!:EkP`6", ")GgtIk=y", "G^0m[awI", "bg@!JFr8", "na[0dL9>",
        ];
        string[] names = [.. ends.Select(end => new string('x', 244) + end)];
        NameHash hash = new(NameHashVersion.Legacy, 0, 0, 0, 0);
        _ = Assert.Single(names.Select(name => hash.Compute(Encoding.Latin1.GetBytes(name))).Distinct());
        using MemoryDirectory directory = new(1024, NameHashVersion.Legacy);
        Dictionary<string, (uint Inode, DirectoryEntryType Type)> model = [];
        foreach (string name in names)
        {
            model.Add(name, ((uint)model.Count + 1, DirectoryEntryType.File));
            Assert.Equal(Errno.None, directory.Content.Add(Encoding.Latin1.GetBytes(name), new InodeNumber((uint)model.Count), DirectoryEntryType.File));
        }

        Assert.True(directory.BlockCount > 6, "The names fill several leaves.");
        Verify(directory.Content, model);
        foreach (string name in names.Where((_, i) => i % 2 == 0))
        {
            Assert.Equal(Errno.None, directory.Content.Find(Encoding.Latin1.GetBytes(name), out EntryPlace place));
            directory.Content.Remove(place);
            place.Dispose();
            _ = model.Remove(name);
        }

        Verify(directory.Content, model);
    }

    [Fact]
    public void ARefusedCreationChangesNothing()
    {
        using MemoryDirectory directory = new(1024, NameHashVersion.HalfMd4) { BlockLimit = 40 };
        Dictionary<string, (uint Inode, DirectoryEntryType Type)> model = [];
        Errno error = Errno.None;
        for (int i = 0; error == Errno.None; i++)
        {
            error = directory.Content.Add(NameOf(i), new InodeNumber(7), DirectoryEntryType.File);
            if (error == Errno.None)
            {
                model.Add(Encoding.Latin1.GetString(NameOf(i)), (7, DirectoryEntryType.File));
            }
        }

        Assert.Equal(Errno.ENOSPC, error);
        Verify(directory.Content, model);
    }

    private static (uint Inode, DirectoryEntryType Type) RandomTarget(Random random, bool hasFileType) =>
        !hasFileType ? ((uint)random.Next(1, 99), DirectoryEntryType.Unknown)
        : random.Next(4) == 0 ? (0, random.Next(2) == 0 ? DirectoryEntryType.Whiteout : DirectoryEntryType.Fallthru)
        : ((uint)random.Next(1, 99), DirectoryEntryType.Symlink);

    private static void Step(
        DirectoryContent content,
        Dictionary<string, (uint Inode, DirectoryEntryType Type)> model,
        Scan scan,
        string name,
        bool removes,
        (uint Inode, DirectoryEntryType Type) target)
    {
        byte[] key = Encoding.Latin1.GetBytes(name);
        Errno error = content.Find(key, out EntryPlace place);
        Assert.Equal(model.ContainsKey(name) ? Errno.None : Errno.ENOENT, error);
        if (error == Errno.ENOENT)
        {
            if (!removes)
            {
                Assert.Equal(Errno.None, content.Add(key, new InodeNumber(target.Inode), target.Type));
                model.Add(name, target);
            }

            return;
        }

        if (removes)
        {
            content.Remove(place);
            scan.Forget(name);
            _ = model.Remove(name);
        }
        else
        {
            content.Retarget(place, new InodeNumber(target.Inode), target.Type);
            model[name] = target;
        }

        place.Dispose();
        Assert.Equal(removes ? Errno.None : Errno.EEXIST, content.Add(key, new InodeNumber(5), hasType(target.Type)));
        if (removes)
        {
            model.Add(name, (5, hasType(target.Type)));
        }

        static DirectoryEntryType hasType(DirectoryEntryType type) => type == DirectoryEntryType.Unknown ? type : DirectoryEntryType.File;
    }

    private static void Verify(DirectoryContent content, Dictionary<string, (uint Inode, DirectoryEntryType Type)> model)
    {
        NameCollector collector = new(3);
        do
        {
            collector.GoOn(7);
            Assert.Equal(Errno.None, content.Enumerate(collector.Cookie, ref collector));
        }
        while (collector.IsFull);

        Assert.Equal(model.Count, collector.Taken.Count);
        foreach ((string name, uint inode, DirectoryEntryType type) in collector.Taken)
        {
            Assert.Equal(model[name], (inode, type));
            Assert.Equal(Errno.None, content.Find(Encoding.Latin1.GetBytes(name), out EntryPlace place));
            place.Dispose();
        }
    }

    private static int List(DirectoryContent content)
    {
        NameCollector collector = new(0);
        do
        {
            collector.GoOn(50);
            Assert.Equal(Errno.None, content.Enumerate(collector.Cookie, ref collector));
        }
        while (collector.IsFull);
        return collector.Taken.Count;
    }

    private static byte[] NameOf(int index) => Encoding.ASCII.GetBytes($"file-{index:x}.txt");

    /// <summary>A listing under way: what was there at its start and never went must come exactly once.</summary>
    private sealed class Scan
    {
        private readonly HashSet<string> expected;
        private readonly HashSet<string> seen = [];
        private NameCollector collector = new(0);

        private Scan(IEnumerable<string> names) => expected = [.. names];

        public bool IsDone { get; private set; }

        public static Scan Start(Dictionary<string, (uint Inode, DirectoryEntryType Type)> model) => new(model.Keys);

        public void Forget(string name) => _ = expected.Remove(name);

        public void Advance(DirectoryContent content, int count, string place)
        {
            collector.GoOn(count);
            int before = collector.Taken.Count;
            Assert.Equal(Errno.None, content.Enumerate(collector.Cookie, ref collector));
            foreach ((string name, _, _) in collector.Taken.Skip(before))
            {
                Assert.True(seen.Add(name) || !expected.Contains(name), $"{name} came twice ({place})");
            }

            IsDone = !collector.IsFull;
            if (IsDone)
            {
                Assert.True(expected.IsSubsetOf(seen), $"missing: {string.Join(' ', expected.Except(seen).Take(5))} ({place})");
            }
        }
    }
}
