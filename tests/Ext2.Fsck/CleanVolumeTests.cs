using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Sound volumes of stock tools, in all block and inode sizes: nothing is found, and the summary line is e2fsck's, figure for figure.</summary>
public sealed class CleanVolumeTests
{
    [Theory]
    [InlineData(1024, 128, "")]
    [InlineData(1024, 256, "")]
    [InlineData(2048, 128, "^dir_index")]
    [InlineData(2048, 256, "^resize_inode")]
    [InlineData(4096, 256, "")]
    [InlineData(4096, 512, "^sparse_super,^resize_inode")]
    [InlineData(1024, 128, "meta_bg,^resize_inode")]
    [InlineData(1024, 128, "^filetype")]
    public void TheSummaryIsE2fscks(int blockBytes, int inodeBytes, string features)
    {
        using var scratch = new ScratchDirectory("fsck-clean");
        string tree = scratch.Folder("tree");
        Fill(tree, blockBytes);
        string image = scratch["volume.img"];
        new Mke2fs { BlockBytes = blockBytes, InodeBytes = inodeBytes, Features = features, Bytes = 24L << 20, Tree = tree }.Make(image);
        AssertSameSummary(image);
        // Directories with indexes, and some fragmentation.
        ProcessRunner.Run("/sbin/e2fsck", "-fyD", image);
        AssertSameSummary(image);
    }

    [Fact]
    public void RevisionZeroIsKnown()
    {
        using var scratch = new ScratchDirectory("fsck-clean");
        string tree = scratch.Folder("tree");
        TreeRecipe.Plain(tree, 50);
        new Mke2fs { BlockBytes = 1024, Revision = 0, Bytes = 16L << 20, Tree = tree }.Make(scratch["volume.img"]);
        AssertSameSummary(scratch["volume.img"]);
    }

    [Fact]
    public void VolumesFilledByTheKernelAreRead()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("fsck-clean");
        string image = scratch["volume.img"];
        new Mke2fs { BlockBytes = 2048, InodeBytes = 128, Bytes = 48L << 20 }.Make(image);
        using (var mount = new LoopMount(image, scratch["mount"], readOnly: false))
        {
            TreeRecipe.Everything(mount.FullPath);
            ProcessRunner.Bash(
                "for i in $(seq 40); do head -c $((i * 1500)) /dev/urandom > f$i; done; rm f*3; for i in $(seq 9); do head -c 90000 /dev/urandom > g$i; done; rm many/*7",
                mount.FullPath);
        }
        AssertSameSummary(image);
    }

    // Its attributes do not fit into blocks of 1 KiB.
    private static void Fill(string tree, int blockBytes)
    {
        if (blockBytes > 1024)
        {
            TreeRecipe.Everything(tree);
        }
        else
        {
            TreeRecipe.Plain(tree, 400);
        }
    }

    private static void AssertSameSummary(string image)
    {
        ProcessResult theirs = ProcessRunner.Run("/sbin/e2fsck", "-fn", image);
        Assert.Equal(0, theirs.ExitCode);
        var options = new CheckOptions { Mode = CheckMode.No, Force = true, Name = image };
        using BlockDevices.MemoryBlockDevice device = VolumeImage.Load(image).ToDevice();
        var lines = new LineRecorder();
        CheckResult ours = Checker.Run(device, options, lines);
        Assert.True(ours.Exit == ExitCode.Clean, string.Join('\n', lines.Lines));
        Assert.Equal(LastLine(theirs.Output), lines.Lines[^1]);
    }

    private static string LastLine(string text) => text.TrimEnd().Split('\n')[^1];

    private sealed class LineRecorder : Interaction
    {
        public List<string> Lines { get; } = [];

        public override void Line(string text) => Lines.Add(text);

        public override Answer Ask(string text) => Answer.No;
    }
}
