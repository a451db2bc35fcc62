using Ext2Union.Tests.Support;

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
    public void KernelSeesWhatWeShowed(int number)
    {
        Need.LoopDevices();
        Need.Fuse();
        using var scratch = new ScratchDirectory("operation");
        string image = scratch["image"];
        Ext2uTools.Mkfs(image, "64m", "-b", number % 2 == 0 ? "1024" : "4096", "-d", tree.FullPath);
        TreeSnapshot ours;
        using (MountedExt2u mount = Ext2uTools.Mount(image, scratch["mount"]))
        {
            ProcessRunner.Bash("umask 022; " + Scripts[number], mount.FullPath);
            ours = TreeSnapshot.Of(mount.FullPath);
            mount.Unmount();
        }

        E2fsck.AssertClean(image);
        _ = Ext2uTools.Fsck("-f", "-n", image).OrFail();
        using var kernel = new LoopMount(image, scratch["kernel"]);
        TreeSnapshot.AssertSame(TreeSnapshot.Of(kernel.FullPath), ours, Scripts[number]);
    }
}
