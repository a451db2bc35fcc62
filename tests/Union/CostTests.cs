using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>What a union costs in memory, garbage and time that must not grow.</summary>
[Collection(AloneCollection.Name)]
public class CostTests
{
    [Fact]
    public void LookingUpReadingAndListingMakeNoGarbage()
    {
        using var u = new UnionFixture(["m/t=top", "own/x=1"], [["d/low=text", "m/a=1", "m/b=2"], ["m/c=3"]]);
        Inode top = u.Walk("m/t").Value, low = u.Walk("d/low").Value;
        var merged = (DirectoryInode)u.Walk("m").Value;
        var lower = (DirectoryInode)u.Walk("d").Value;
        var own = (DirectoryInode)u.Walk("own").Value;
        var sink = new CountingSink();
        Errno worst = Errno.None;
        byte[] buffer = new byte[100];
        Use();
        Use();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Use();
        }

        long garbage = GC.GetAllocatedBytesForCurrentThread() - before;
        foreach (Inode inode in (Inode[])[top, low, merged, lower, own])
        {
            inode.Release();
        }

        Assert.Equal(0, garbage);
        Assert.Equal(Errno.None, worst);
        Assert.Equal(102 * 6, sink.Count);

        void Use()
        {
            merged.Lookup("t"u8).Value.Release();
            lower.Lookup("low"u8).Value.Release();
            worst |= merged.Lookup("none"u8).Error == Errno.ENOENT && own.Lookup("none"u8).Error == Errno.ENOENT ? Errno.None : Errno.EIO;
            Errno all = top.GetAttributes(out _) | low.GetAttributes(out _) | merged.GetAttributes(out _);
            all |= ((FileInode)top).Read(0, buffer, out _) | ((FileInode)low).Read(0, buffer, out _);
            all |= merged.Enumerate(0, sink) | lower.Enumerate(0, sink) | own.Enumerate(0, sink);
            all |= low.GetXattr("user.none"u8, buffer, out _) == Errno.ENODATA ? Errno.None : Errno.EIO;
            worst |= all;
        }
    }

    [Fact]
    public void CopiesAndTheirNumbersMakeNoGarbage()
    {
        using var u = new UnionFixture(["d/own=1"], [["d/single=1", "d/a=1", "d/b~d/a", "d/e/x=1"]]);
        foreach (string path in (string[])["d/single", "d/a", "d/e"])
        {
            Assert.Equal(Errno.None, u.Chmod(path, 0x1C0));
        }

        u.Remount();
        var directory = (DirectoryInode)u.Walk("d").Value;
        Inode[] held = [.. ((string[])["d/single", "d/a", "d/e"]).Select(path => u.Walk(path).Value)];
        var own = (DirectoryInode)held[2];
        var sink = new CountingSink();
        Errno worst = Errno.None;
        Use();
        Use();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            Use();
        }

        long garbage = GC.GetAllocatedBytesForCurrentThread() - before;
        Array.ForEach(held, inode => inode.Release());
        directory.Release();
        Assert.Equal(0, garbage);
        Assert.Equal(Errno.None, worst);

        void Use()
        {
            directory.Lookup("single"u8).Value.Release();
            directory.Lookup("a"u8).Value.Release();
            directory.Lookup("b"u8).Value.Release();
            worst |= directory.Enumerate(0, sink) | own.Enumerate(0, sink);
        }
    }

    [Fact]
    public void ALivingNodeIsSmall()
    {
        const int Files = 50_000;
        using var u = new UnionFixture([], [["d/"]]);
        var directory = (DirectoryInode)u.Lowers[0].Root.Lookup("d"u8).Value;
        for (int i = 0; i < Files; i++)
        {
            directory.Create(UnionFixture.B($"file-number-{i}"), new NewInode { Mode = 0x81A4 }).Value.Release();
        }

        u.LowersMayDiffer();
        var seen = (DirectoryInode)u.Walk("d").Value;
        var alive = new List<Inode>(Files);
        long before = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = 0; i < Files; i++)
        {
            alive.Add(seen.Lookup(UnionFixture.B($"file-number-{i}")).Value);
        }

        long each = (GC.GetTotalMemory(forceFullCollection: true) - before) / Files;
        Assert.True(each < 230, $"{each} bytes a node");
        alive.ForEach(inode => inode.Release());
        seen.Release();
        directory.Release();
    }

    [Fact]
    public void AVeryDeepTreeIsWalkedChangedAndForgotten()
    {
        const int Depth = 3000;
        using var u = new UnionFixture([], [[string.Concat(Enumerable.Repeat("d/", Depth)) + "f=1"]]);
        Inode at = u.Root;
        at.Acquire();
        for (int i = 0; i < Depth; i++)
        {
            Inode next = ((DirectoryInode)at).Lookup("d"u8).Value;
            at.Release();
            at = next;
        }

        Inode file = ((DirectoryInode)at).Lookup("f"u8).Value;
        at.Release();
        Assert.Equal(Errno.None, file.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = 0x180 }));
        file.Release();
        Assert.Equal(1, u.Union.Table.Count);
        u.LowersMayDiffer();
    }

    [Fact]
    public void ALargeDirectoryCostsTheSamePerName()
    {
        // 60,000 names listed, sealed, listed again and removed: anything that grows with the directory would take minutes.
        const int Names = 60_000;
        using var u = new UnionFixture(["d/own=1"], [["d/"]]);
        var low = (DirectoryInode)u.Lowers[0].Root.Lookup("d"u8).Value;
        for (int i = 0; i < Names; i++)
        {
            low.Create(UnionFixture.B($"n{i}"), new NewInode { Mode = 0x81A4 }).Value.Release();
        }

        low.Release();
        u.LowersMayDiffer();
        u.At("d", inode =>
        {
            var directory = (DirectoryInode)inode;
            Assert.Equal(Names + 1, ListedEntry.All(directory, 500).Count);
            for (int i = 0; i < Names; i++)
            {
                Assert.Equal(Errno.None, directory.Unlink(UnionFixture.B($"n{i}")));
            }

            Assert.Single(ListedEntry.All(directory));
            return true;
        });
        Assert.Equal("^ own", u.TopSlots("d"));
    }

    private sealed class CountingSink : DirectorySink
    {
        public int Count { get; private set; }

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            Count++;
            return true;
        }
    }
}
