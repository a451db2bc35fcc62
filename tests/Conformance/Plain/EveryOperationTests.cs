using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Plain;

/// <summary>After every kind of operation on a plain mount, stock e2fsck finds nothing and the kernel sees the tree that we showed.</summary>
public sealed class EveryOperationTests(RecipeTree tree) : IClassFixture<RecipeTree>
{
    // Each line runs in the root of a fresh mount of an image that was filled with TreeRecipe.Everything.
    private static readonly string[] Scripts =
    [
        "printf new > new; printf more >> new; : > empty-too; printf over > small",
        "mkdir -p x/y/z; for i in $(seq 500); do : > x/y/f$i; done; rmdir x/y/z; rm x/y/f1??",
        "rm -r many a/b; rm pipe hole slow-link fast-link empty",
        "mv small renamed; mv a/b/c moved; mv renamed direct; mv mode0 a/; mkdir full && touch full/f && ! mv -T a full 2>/dev/null",
        "ln small one; ln small a/two; ln -s /target link; ln -s $(printf 'y%.0s' $(seq 1000)) long-link; rm small; mkfifo p; mknod c c 5 1; mknod b b 300 1000",
        "truncate -s 0 indirect; truncate -s 100 direct; truncate -s 50M hole; truncate -s 7 middle-hole; truncate -s 300M new-hole",
        "fallocate -p -o 4096 -l 4096 indirect; fallocate -l 100000 grown; fallocate -p -o 100 -l 250000 indirect; fallocate -z -o 5000 -l 3000 direct",
        "chmod 600 small; chmod 2755 a; chown 5:6 direct; chown -h 7:8 fast-link; chattr +i empty; chattr +d small; touch -d '1969-05-05 01:02:03.5 UTC' small; touch -d '2040-01-01 UTC' a",
        "setfattr -n user.x -v 1 small; setfattr -x user.short small; setfattr -n user.big -v $(printf 'b%.0s' $(seq 650)) direct; setfattr -n trusted.t -v 2 a; for i in $(seq 20); do setfattr -n user.same -v same many/name-$i; done",
        "setfacl -m u:77:rwx,g:88:r small; setfacl -b a; setfacl -d -m u:5:rwx a/b; touch a/b/inherits; mkdir a/b/inherits-too; setfacl -x u:1234 small",
        "dd if=/dev/urandom of=big bs=1M count=20 status=none; dd if=/dev/zero of=big bs=1000 seek=7777 count=3 conv=notrunc status=none; cp --sparse=always hole hole-copy; cp -a a a-copy",
        "for i in $(seq 60); do mkdir -p t/d$i/e; done; rm -r t/d1?; mv t/d5 t/d20/e/; for i in $(seq 40); do mv t/d3/e t/x && mv t/x t/d3/e; done",
        "exec 3<> small; rm small; printf unlinked >&3; mkdir gone; cd gone; rmdir ../gone; cd ..; exec 3>&-",
    ];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, Scripts.Length)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void KernelSeesWhatWeShowed(int number) =>
        Judge(number % 2 == 0 ? "1024" : "4096", Scripts[number], folder => ProcessRunner.Bash("umask 022; " + Scripts[number], folder));

    /// <summary>linkat of a file without a name, the flags of renameat2, copy_file_range: no command of a shell makes sure to call them.</summary>
    [Fact]
    public void KernelSeesWhatSystemCallsMade() => Judge("1024", "system calls", folder =>
    {
        Assert.True(Posix.Open(At("a"), Posix.OpenFlags.Nameless | Posix.OpenFlags.ReadWrite).TryGet(out Posix.OpenFile nameless, out Errno error), $"O_TMPFILE: {error}");
        using (nameless)
        {
            Assert.Equal(Errno.None, nameless.Write(0, Posix.ReadAll(At("indirect")).Value));
            Assert.Equal(Errno.None, nameless.Link(At("a/named-later")));
        }

        Assert.True(Posix.Open(At("a"), Posix.OpenFlags.Nameless | Posix.OpenFlags.Write).TryGet(out Posix.OpenFile dropped, out _));
        using (dropped)
        {
            Assert.Equal(Errno.None, dropped.Write(5000, new byte[100_000]));
        }

        Assert.Equal(Errno.None, Posix.Rename(At("many"), At("a/b/c"), RenameFlags.Exchange));
        Assert.Equal(Errno.None, Posix.Rename(At("small"), At("sticky"), RenameFlags.Exchange));
        Assert.Equal(Errno.ENOENT, Posix.Rename(At("empty"), At("nobody"), RenameFlags.Exchange));
        Assert.Equal(Errno.EEXIST, Posix.Rename(At("empty"), At("direct"), RenameFlags.NoReplace));
        Assert.Equal(Errno.None, Posix.Rename(At("empty"), At("a/free"), RenameFlags.NoReplace));

        Assert.True(Posix.Open(At("indirect"), Posix.OpenFlags.Read).TryGet(out Posix.OpenFile from, out _));
        Assert.True(Posix.Open(At("direct"), Posix.OpenFlags.Write).TryGet(out Posix.OpenFile to, out _));
        using (from)
        {
            using (to)
            {
                Assert.Equal(200_000, from.CopyTo(to, 5_000, 200_000).Value);
            }
        }

        Assert.Equal(Posix.ReadAll(At("indirect")).Value[5_000..205_000], Posix.ReadAll(At("direct")).Value[5_000..]);

        byte[] At(string path) => PathBytes.Of(Path.Combine(folder, path));
    });

    /// <summary>Our statx shows the birth time that debugfs finds in the image.</summary>
    [Fact]
    public void BirthTimeIsInTheImage()
    {
        Need.Fuse();
        Need.Command("debugfs");
        using var scratch = new ScratchDirectory("birth");
        string image = scratch["image"];
        Ext2uTools.Mkfs(image, "16m");
        Timestamp born;
        using (MountedExt2u mount = Ext2uTools.Mount(image, scratch["mount"]))
        {
            ProcessRunner.Bash("echo new > new; sleep 0.05; echo more >> new; chmod 600 new", mount.FullPath);
            Assert.True(Posix.Stat(PathBytes.Of(Path.Combine(mount.FullPath, "new"))).TryGet(out Attributes attributes, out _));
            born = attributes.BirthTime;
            Assert.NotEqual(attributes.ChangeTime, born);
            mount.Unmount();
        }

        // The second word: nanoseconds above the two bits that extend the seconds.
        Assert.InRange(born.Seconds, DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 120, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        string shown = ProcessRunner.Check("/sbin/debugfs", "-R", "stat /new", image);
        Assert.Contains($"crtime: 0x{born.Seconds:x8}:{born.Nanoseconds << 2:x8}", shown, StringComparison.Ordinal);
    }

    private void Judge(string blockBytes, string what, Action<string> act)
    {
        Need.LoopDevices();
        Need.Fuse();
        using var scratch = new ScratchDirectory("operation");
        string image = scratch["image"];
        Ext2uTools.Mkfs(image, "64m", "-b", blockBytes, "-d", tree.FullPath);
        TreeSnapshot ours;
        using (MountedExt2u mount = Ext2uTools.Mount(image, scratch["mount"]))
        {
            act(mount.FullPath);
            ours = TreeSnapshot.Of(mount.FullPath, TreeOptions.SameImage);
            mount.Unmount();
        }

        E2fsck.AssertClean(image);
        _ = Ext2uTools.Fsck("-f", "-n", image).OrFail();
        using var kernel = new LoopMount(image, scratch["kernel"]);
        TreeSnapshot.AssertSame(TreeSnapshot.Of(kernel.FullPath, TreeOptions.SameImage), ours, what);
    }
}
