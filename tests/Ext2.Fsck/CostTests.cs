using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>What a check allocates grows by a few bytes with each inode, whatever that inode is called: no object, string or array for a file or a name.</summary>
public sealed class CostTests
{
    private const int Inodes = 32_768;
    private const int Few = 2_000;
    private const int Many = 22_000;

    // Five bytes of facts, and what directories of 200 names cost for each of these.
    private const double MostBytesEach = 10;

    [Fact]
    public void AnInodeAndItsNameCostAFewBytes()
    {
        using var scratch = new ScratchDirectory("fsck-cost");
        long few = Allocated(Make(scratch, Few));
        long many = Allocated(Make(scratch, Many));
        double each = (double)(many - few) / (Many - Few);
        Assert.True(each < MostBytesEach, $"{each:F1} bytes for each of {Many - Few} files; {few} for {Few} of them, {many} for {Many}");
    }

    private static VolumeImage Make(ScratchDirectory scratch, int files)
    {
        string tree = scratch.Folder($"tree-{files}");
        ProcessRunner.Bash($"for d in $(seq {files / 200}); do mkdir d$d; seq -f d$d/a-file-%.0f 200; done | xargs touch", tree);
        string image = scratch[$"{files}.img"];
        new Mke2fs { BlockBytes = 4096, Bytes = 32L << 20, Inodes = Inodes, Tree = tree }.Make(image);
        return VolumeImage.Load(image);
    }

    private static long Allocated(VolumeImage image)
    {
        using MemoryBlockDevice device = image.ToDevice();
        var options = new CheckOptions { Mode = CheckMode.No, Force = true, Name = "test.img" };
        // The first run pays for what is made once in a process.
        Assert.Equal(ExitCode.Clean, Checker.Run(device, options, Interaction.Silent).Exit);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(ExitCode.Clean, Checker.Run(device, options, Interaction.Silent).Exit);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
