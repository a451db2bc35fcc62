using System.Diagnostics;
using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs.Tests;

public sealed class DirectoryTests
{
    [Fact]
    public void Names_come_and_go()
    {
        using Fixture fixture = new();
        FileInode file = fixture.File("a");
        Assert.Equal(Errno.EEXIST, fixture.Root.Create("a"u8, new NewInode { Mode = Fixture.Octal("100644") }).Error);
        Assert.Equal(Errno.None, fixture.Root.Link("b"u8, file));
        Assert.Equal(2u, Fixture.AttributesOf(file).LinkCount);
        Assert.Equal(["a", "b"], Fixture.Names(fixture.Root));
        Assert.Equal(Errno.None, fixture.Root.Unlink("a"u8));
        Assert.Equal(Errno.ENOENT, fixture.Root.Unlink("a"u8));
        Inode found = fixture.Root.Lookup("b"u8).Value;
        Assert.Same(file, found);
        found.Release();
        Assert.Equal(Errno.None, fixture.Root.Unlink("b"u8));
        Assert.Equal(Errno.ENOENT, fixture.Root.Link("c"u8, file));
        Inode byNumber = fixture.FileSystem.Find(file.Number).Value;
        byNumber.Release();
        file.Release();
        Assert.Equal(Errno.ESTALE, fixture.FileSystem.Find(file.Number).Error);
    }

    [Fact]
    public void A_removed_directory_takes_nothing_in()
    {
        using Fixture fixture = new();
        LayerDirectory directory = fixture.Directory("d");
        Assert.Equal(3u, Fixture.AttributesOf(fixture.Root).LinkCount);
        Assert.Equal(Errno.EISDIR, fixture.Root.Unlink("d"u8));
        FileInode inside = fixture.File("f", directory);
        inside.Release();
        Assert.Equal(Errno.ENOTEMPTY, fixture.Root.RemoveDirectory("d"u8));
        Assert.Equal(Errno.ENOTDIR, directory.RemoveDirectory("f"u8));
        Assert.Equal(Errno.None, directory.Unlink("f"u8));
        Assert.Equal(Errno.None, directory.PutWhiteout("f"u8));
        Assert.Equal(Errno.None, fixture.Root.RemoveDirectory("d"u8));
        Assert.Equal(2u, Fixture.AttributesOf(fixture.Root).LinkCount);
        Assert.Equal(Errno.ENOENT, directory.Create("x"u8, new NewInode { Mode = Fixture.Octal("100644") }).Error);
        Assert.Equal(Errno.ENOENT, directory.PutFallthru("x"u8));
        Assert.Equal(Errno.ESTALE, directory.Parent().Error);
        directory.Release();
        Assert.Equal(999ul, fixture.FreeInodes);
    }

    [Fact]
    public void A_detached_inode_goes_unless_it_is_named()
    {
        using Fixture fixture = new();
        Inode lost = fixture.Root.CreateDetached(new NewInode { Mode = Fixture.Octal("100600") }).Value;
        Assert.Equal(Errno.None, Fixture.Write((FileInode)lost, 0, 4096));
        lost.Release();
        Assert.Equal((1000ul, 999ul), (fixture.FreePages, fixture.FreeInodes));
        Inode kept = fixture.Root.CreateDetached(new NewInode { Mode = Fixture.Octal("100600") }).Value;
        Assert.Equal(Errno.None, fixture.Root.Link("k"u8, kept));
        kept.Release();
        Assert.Equal(["k"], Fixture.Names(fixture.Root));
        Assert.Equal(Errno.EISDIR, fixture.Root.CreateDetached(new NewInode { Mode = Fixture.Octal("40700") }).Error);
    }

    [Fact]
    public void A_detached_directory_is_installed_once_and_only_where_it_was_made()
    {
        using Fixture fixture = new();
        NewInode what = new() { Mode = Fixture.Octal("40700") };
        fixture.Root.CreateDetachedDirectory(what).Value.Release();
        Assert.Equal(1000ul - 1, fixture.FreeInodes);
        var other = (LayerDirectory)fixture.Root.Create("other"u8, what).Value;
        Inode made = fixture.Root.CreateDetachedDirectory(what).Value;
        Attributes before = Fixture.AttributesOf(fixture.Root);
        Assert.Equal(Errno.None, fixture.Root.PutFallthru("d"u8));
        Assert.Equal(Errno.EPERM, fixture.Root.Link("d"u8, made));
        Assert.Equal(Errno.EPERM, other.Install("d"u8, made));
        Assert.Equal(Errno.None, fixture.Root.Install("d"u8, made));
        Assert.Equal(Errno.EPERM, fixture.Root.Install("e"u8, made));
        Assert.Equal(before with { LinkCount = before.LinkCount + 1 }, Fixture.AttributesOf(fixture.Root));
        Assert.Equal(2u, Fixture.AttributesOf(made).LinkCount);
        Assert.Equal(["d", "other"], Fixture.Names(fixture.Root).Order());
        made.Release();
        other.Release();
        Assert.Equal(1000ul - 3, fixture.FreeInodes);
        Assert.Equal(Errno.None, fixture.Root.RemoveDirectory("d"u8));
        Assert.Equal(1000ul - 2, fixture.FreeInodes);
    }

    [Fact]
    public void Marks_are_no_names()
    {
        using Fixture fixture = new();
        Attributes before = Fixture.AttributesOf(fixture.Root);
        LayerDirectory root = fixture.Root;
        Assert.Equal(Errno.None, root.PutFallthru("t"u8));
        Assert.Equal(Errno.EEXIST, root.PutFallthru("t"u8));
        Assert.Equal(SlotKind.Fallthru, root.Peek("t"u8).Value.Kind);
        Assert.Equal(Errno.None, root.PutWhiteout("t"u8));
        Assert.Equal(Errno.EEXIST, root.PutWhiteout("t"u8));
        Assert.Equal(SlotKind.Whiteout, root.Peek("t"u8).Value.Kind);
        Assert.Equal(Errno.EEXIST, root.PutFallthru("t"u8));
        Assert.Equal(Errno.ENOENT, root.Lookup("t"u8).Error);
        Assert.Equal(Errno.ENOENT, root.Unlink("t"u8));
        Assert.Equal(Errno.ENOENT, root.Rename("t"u8, root, "u"u8, RenameFlags.None));
        Assert.Empty(Fixture.Names(root));
        Fixture.MarkSink sink = new();
        Assert.Equal(Errno.None, root.EnumerateSlots(0, sink));
        Assert.Equal(["t:Whiteout"], sink.Slots);
        Assert.Equal(Errno.None, root.RemoveMark("t"u8));
        Assert.Equal(Errno.ENOENT, root.RemoveMark("t"u8));
        Assert.Equal(SlotKind.Absent, root.Peek("t"u8).Value.Kind);
        Assert.Equal(Errno.None, root.SetOpaque(true));
        Assert.True(root.IsOpaque);
        Assert.Equal(before, Fixture.AttributesOf(root));
    }

    [Fact]
    public void A_whiteout_takes_the_place_of_a_file_or_an_empty_directory()
    {
        using Fixture fixture = new();
        fixture.File("f").Release();
        LayerDirectory directory = fixture.Directory("d");
        fixture.File("x", directory).Release();
        Assert.Equal(Errno.None, fixture.Root.PutWhiteout("f"u8));
        Assert.Equal(Errno.ENOTEMPTY, fixture.Root.PutWhiteout("d"u8));
        Assert.Equal(Errno.None, directory.PutWhiteout("x"u8));
        Assert.Equal(Errno.None, fixture.Root.PutWhiteout("d"u8));
        directory.Release();
        Assert.Equal(997ul, fixture.FreeInodes);
        Assert.Equal(2u, Fixture.AttributesOf(fixture.Root).LinkCount);
    }

    [Fact]
    public void Origin_and_opaqueness_are_kept()
    {
        using Fixture fixture = new();
        LayerDirectory natural = fixture.Directory("n");
        LayerDirectory own = (LayerDirectory)fixture.Root.Create("o"u8, new NewInode { Mode = Fixture.Octal("40755"), Opaque = true }).Value;
        byte[] path = new byte[4096];
        Assert.Equal(Errno.None, own.GetOrigin(path, out OriginKind kind, out int length));
        Assert.Equal((OriginKind.None, 0, true), (kind, length, own.IsOpaque));
        Assert.Equal(Errno.None, natural.GetOrigin([], out kind, out length));
        Assert.Equal((OriginKind.Natural, 0, false), (kind, length, natural.IsOpaque));
        Assert.Equal(Errno.None, natural.SetOrigin(OriginKind.Redirect, "a/b"u8));
        Assert.Equal(Errno.ENAMETOOLONG, natural.SetOrigin(OriginKind.Redirect, path));
        Assert.Equal(Errno.ERANGE, natural.GetOrigin(new byte[2], out _, out length));
        Assert.Equal(3, length);
        Assert.Equal(Errno.None, natural.GetOrigin(path, out kind, out length));
        Assert.Equal((OriginKind.Redirect, "a/b"), (kind, System.Text.Encoding.UTF8.GetString(path, 0, length)));
    }

    [Fact]
    public void Install_consumes_a_fallthru_leaves_all_times_and_keeps_the_place_in_a_listing()
    {
        using Fixture fixture = new();
        fixture.File("first").Release();
        Assert.Equal(Errno.None, fixture.Root.PutFallthru("t"u8));
        fixture.File("last").Release();
        Inode copy = fixture.Root.CreateDetached(new NewInode { Mode = Fixture.Octal("100600") }).Value;
        (Attributes root, Attributes file) before = (Fixture.AttributesOf(fixture.Root), Fixture.AttributesOf(copy));
        Assert.Equal(Errno.None, fixture.Root.Install("t"u8, copy));
        Assert.Equal(Errno.EEXIST, fixture.Root.Install("t"u8, copy));
        Assert.Equal(["first", "t", "last"], Fixture.Names(fixture.Root));
        Assert.Equal(before.root, Fixture.AttributesOf(fixture.Root));
        before.file.LinkCount = 1;
        Assert.Equal(before.file, Fixture.AttributesOf(copy));
        Assert.Equal(996ul, fixture.FreeInodes);
        copy.Release();
    }

    [Fact]
    public void What_stays_is_listed_exactly_once_whatever_else_changes()
    {
        const int Seed = 20111;
        Random random = new(Seed);
        using Fixture fixture = new(inodes: 100_000);
        HashSet<string> stays = [];
        for (int i = 0; i < 2000; i++)
        {
            fixture.File($"stay{i}").Release();
            fixture.File($"go{i}").Release();
            _ = stays.Add($"stay{i}");
        }

        List<string> seen = [];
        Fixture.NameSink sink = new(0);
        int next = 0, added = 0;
        do
        {
            sink = Continue(fixture.Root, sink.Cookie, random.Next(1, 40));
            seen.AddRange(sink.Names);
            for (int i = 0; i < 30 && next < 2000; i++)
            {
                Assert.Equal(Errno.None, fixture.Root.Unlink(Fixture.B($"go{next++}")));
            }

            fixture.File($"new{added++}").Release();
        }
        while (sink.Names.Count > 0 && added < 3000);

        string[] stayed = [.. seen.Where(stays.Contains)];
        Assert.True(stayed.Length == 2000 && stayed.Distinct().Count() == 2000, $"seed {Seed}: {stayed.Length} of 2000");

        static Fixture.NameSink Continue(DirectoryInode directory, long cookie, int count)
        {
            Fixture.NameSink sink = new(count);
            Assert.Equal(Errno.None, directory.Enumerate(cookie, sink));
            return sink;
        }
    }

    [Fact]
    public void A_large_directory_costs_the_same_at_every_name()
    {
        const int Count = 100_000;
        using Fixture fixture = new(inodes: Count + 1);
        Stopwatch watch = Stopwatch.StartNew();
        for (int i = 0; i < Count; i++)
        {
            fixture.File($"name{i}").Release();
        }

        Fixture.NameSink sink = new(1);
        int listed = 0;
        for (long cookie = 0; ; cookie = sink.Cookie, listed++)
        {
            sink.Left = 1;
            sink.Names.Clear();
            _ = fixture.Root.Enumerate(cookie, sink);
            if (sink.Names.Count == 0)
            {
                break;
            }
        }

        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(Errno.None, fixture.Root.Unlink(Fixture.B($"name{i}")));
        }

        Assert.Equal(Count, listed);
        Assert.Equal((ulong)Count, fixture.FreeInodes);
        // Were any of the three quadratic, this would take minutes.
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
    }

    [Fact]
    public void Several_threads_may_work_at_once()
    {
        using Fixture fixture = new(pages: 4096);
        FileInode shared = fixture.File("shared");
        Assert.Equal(Errno.None, Fixture.Write(shared, 0, 65536, 1));
        Parallel.For(0, 4, thread =>
        {
            byte[] buffer = new byte[65536];
            for (int i = 0; i < 300; i++)
            {
                Assert.Equal(Errno.None, shared.Read(0, buffer, out _));
                Assert.True(buffer.AsSpan().IndexOfAnyExcept(buffer[0]) < 0, "A read shows half of a write.");
                Assert.Equal(Errno.None, Fixture.Write(shared, 0, 65536, (byte)(thread + 2)));
                FileInode own = fixture.File($"own{thread}");
                Assert.Equal(Errno.None, Fixture.Write(own, 0, 5000));
                Assert.Equal(Errno.None, fixture.Root.Unlink(Fixture.B($"own{thread}")));
                own.Release();
            }
        });
        Assert.Equal((4096ul - 16, 998ul), (fixture.FreePages, fixture.FreeInodes));
    }
}
