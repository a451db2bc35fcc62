using Ext2Union.Tests.Support;

namespace Ext2Union.Architecture.Tests;

/// <summary>The judges are judged first: on images of stock mke2fs they must find nothing, and on a changed tree the change.</summary>
public sealed class JudgesTests : IDisposable
{
    private readonly ScratchDirectory scratch = new("judges");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void KernelShowsWhatMke2fsWasGiven()
    {
        Need.LoopDevices();
        string tree = scratch.Folder("tree");
        TreeRecipe.Everything(tree);
        new Mke2fs { Tree = tree }.Make(scratch["image"]);
        E2fsck.AssertClean(scratch["image"]);
        E2fsck.AssertCleanWithoutMarks(scratch["image"]);

        using var mount = new LoopMount(scratch["image"], scratch["mount"]);
        TreeOptions options = TreeOptions.LinkCounts | TreeOptions.WithoutLostAndFound;
        TreeSnapshot.AssertSame(TreeSnapshot.Of(tree, options), TreeSnapshot.Of(mount.FullPath, options));
    }

    [Fact]
    public void SnapshotShowsEveryKindOfChange()
    {
        Need.Root();
        string tree = scratch.Folder("tree");
        TreeRecipe.Everything(tree);
        TreeSnapshot before = TreeSnapshot.Of(tree);
        string[] changes =
        [
            "chmod 600 empty", "printf X | dd of=indirect bs=1 seek=9 conv=notrunc status=none; touch -r direct indirect", "touch direct", "rm pipe", "ln -sfn other fast-link",
            "setfattr -n user.short -v other small", "mv empty emptier", "ln direct direct-too", "truncate -s +1 hole",
        ];
        foreach (string change in changes)
        {
            ProcessRunner.Bash(change, tree);
            TreeSnapshot after = TreeSnapshot.Of(tree);
            Assert.False(TreeSnapshot.Difference(before, after).Length == 0, "not seen: " + change);
            before = after;
        }

        Assert.Equal("", TreeSnapshot.Difference(before, TreeSnapshot.Of(tree)));
    }

    [Fact]
    public void DamageIsSeenByE2fsck()
    {
        new Mke2fs { Bytes = 4 << 20 }.Make(scratch["image"]);
        ProcessRunner.Check("/sbin/debugfs", "-w", "-R", "set_inode_field / links_count 7", scratch["image"]);
        Assert.ThrowsAny<Exception>(() => E2fsck.AssertClean(scratch["image"]));
    }

    [Fact]
    public void MarkBitsAreClearedInEverySuperblock()
    {
        string image = scratch["image"];
        new Mke2fs { Bytes = 64 << 20, BlockBytes = 1024 }.Make(image);
        byte[] bytes = File.ReadAllBytes(image);
        int[] superblocks = [1024, 8193 * 1024, (3 * 8192 + 1) * 1024];
        foreach (int offset in superblocks)
        {
            Assert.Equal(0xEF53, BitConverter.ToUInt16(bytes, offset + 56));
            bytes[offset + 96] |= 0x20;
            bytes[offset + 97] |= 0x08;
        }

        File.WriteAllBytes(image, bytes);
        Assert.True(E2fsck.HasMarkFeatures(image));
        Assert.ThrowsAny<Exception>(() => E2fsck.AssertClean(image));
        E2fsck.AssertCleanWithoutMarks(image);

        E2fsck.ClearMarkFeatures(image);
        byte[] cleared = File.ReadAllBytes(image);
        Assert.All(superblocks, offset => Assert.Equal(0, cleared[offset + 96] & 0x20));
        Assert.All(superblocks, offset => Assert.Equal(0, cleared[offset + 97] & 0x08));
    }
}
