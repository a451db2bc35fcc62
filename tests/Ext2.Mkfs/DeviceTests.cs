using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Mkfs.Tests;

/// <summary>What stock tools and the kernel do with a new volume, and what the tool says to a person at a terminal.</summary>
public sealed class DeviceTests
{
    [Theory]
    [InlineData("-b 1024", "20m", "300M")]
    [InlineData("-b 4096", "100m", "6G")]
    [InlineData("-b 4096 -E resize=1000000", "100m", "3G")]
    public void StockResize2fsGrowsIt(string options, string size, string larger)
    {
        using var scratch = ScratchDirectory.InMemory("grow");
        File.WriteAllText(Path.Combine(scratch.Folder("tree"), "file"), "text");
        Assert.Equal(0, Run(scratch, $"-q -d {scratch["tree"]} {options} image {size}").ExitCode);
        _ = ProcessRunner.Check("/sbin/resize2fs", scratch["image"], larger);
        E2fsck.AssertClean(scratch["image"]);
        ProcessResult ours = ProcessRunner.Run(Repository.Tool("fsck.ext2u"), "-fn", scratch["image"]);
        Assert.True(ours.ExitCode == 0, ours.ToString());
        Assert.Equal("text", ProcessRunner.Check("/sbin/debugfs", "-R", "cat /file", scratch["image"]));
    }

    [Theory]
    [InlineData("discard", true)]
    [InlineData("nodiscard", false)]
    public void ABlockDeviceIsDiscardedUnlessAskedNotTo(string wish, bool isDiscarded)
    {
        Need.LoopDevices();
        using var scratch = ScratchDirectory.InMemory("loop");
        _ = ProcessRunner.Bash("head -c 16M /dev/urandom > backing", scratch.FullPath);
        string loop = ProcessRunner.Check("/sbin/losetup", "--show", "-f", scratch["backing"]).Trim();
        try
        {
            ProcessResult made = Run(scratch, $"-qF -E {wish} -L device {loop}");
            Assert.True(made.ExitCode == 0, made.ToString());
            E2fsck.AssertClean(loop);
            Assert.Contains("LABEL=\"device\"", ProcessRunner.Check("/sbin/blkid", "-p", loop), StringComparison.Ordinal);
            long kilobytes = long.Parse(ProcessRunner.Check("/usr/bin/du", "-k", scratch["backing"]).Split('\t')[0]);
            Assert.True(isDiscarded ? kilobytes < 4096 : kilobytes > 8192, $"{kilobytes} KiB");
            ProcessResult tooLarge = Run(scratch, $"-F {loop} 17m");
            Assert.Equal((1, $"mkfs.ext2u: SIZE: 17825792 bytes are more than {loop} has (16777216)\n"), (tooLarge.ExitCode, tooLarge.Error));
        }
        finally
        {
            _ = ProcessRunner.Run("/sbin/losetup", "-d", loop);
        }
    }

    [Fact]
    public void ATerminalIsAskedAndShownHowFarItIs()
    {
        using var scratch = ScratchDirectory.InMemory("tty");
        string tool = Repository.Tool("mkfs.ext2u");
        string first = OnTerminal(scratch, $"{tool} -g 256 image 20m", "");
        Assert.Contains("\rWriting inode tables: 1/80", first, StringComparison.Ordinal);
        Assert.Contains("\rWriting inode tables: done", first, StringComparison.Ordinal);
        byte[] before = File.ReadAllBytes(scratch["image"]);
        string refused = OnTerminal(scratch, $"{tool} -L new image", "n\n");
        Assert.Contains("image contains an ext2 file system\r\nProceed anyway? (y,N) ", refused, StringComparison.Ordinal);
        Assert.Contains("mkfs.ext2u: nothing was changed", refused, StringComparison.Ordinal);
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(scratch["image"])));
        _ = OnTerminal(scratch, $"{tool} -L new image", "y\n");
        Assert.Contains("new", ProcessRunner.Check("/sbin/dumpe2fs", "-h", scratch["image"]), StringComparison.Ordinal);
        Assert.DoesNotContain("inode tables", OnTerminal(scratch, $"{tool} -qF image", ""), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1024)]
    [InlineData(4096)]
    public void AFilledVolumeIsLaidOutAsIfFreshlyWritten(int blockBytes)
    {
        Need.LoopDevices();
        using var scratch = ScratchDirectory.InMemory("layout");
        for (int index = 0; index < 120; index++)
        {
            File.WriteAllBytes(Path.Combine(scratch.Folder($"tree/d{index % 3}"), $"file-{index:000}"), Enumerable.Repeat((byte)index, 1 + (index * 2500)).ToArray());
        }

        _ = ProcessRunner.Bash("mkdir many; cd many; seq -f 'name-with-some-length-%06.0f' 3000 | xargs touch", scratch["tree"]);
        Assert.Equal(0, Run(scratch, $"-q -d tree -b {blockBytes} ours 64m").ExitCode);
        new Mke2fs { Bytes = 64 << 20, BlockBytes = blockBytes, Tree = scratch["tree"] }.Make(scratch["theirs"]);
        double ours = NonContiguous(scratch["ours"]), theirs = NonContiguous(scratch["theirs"]);
        Assert.True(ours <= theirs + 0.1 && ours < 1, $"{ours}% of the files are not contiguous, {theirs}% of those of mke2fs");
        Assert.Contains("Flags: 0x1000", ProcessRunner.Check("/sbin/debugfs", "-R", "stat /many", scratch["ours"]), StringComparison.Ordinal);
        using var mount = new LoopMount(scratch["ours"], scratch["mnt"]);
        string[] numbers = ProcessRunner.Bash("for d in d0 d1 d2 many; do ls -1Ui $d | sort -k2 | awk '{print $1}' | sort -nc && echo in order; done", mount.FullPath).Trim().Split('\n');
        Assert.Equal(["in order", "in order", "in order", "in order"], numbers);
    }

    private static double NonContiguous(string image)
    {
        string report = ProcessRunner.Check("/sbin/e2fsck", "-fn", image);
        return double.Parse(System.Text.RegularExpressions.Regex.Match(report, @"\((\d+\.\d+)% non-contiguous\)").Groups[1].Value);
    }

    private static string OnTerminal(ScratchDirectory scratch, string command, string answer)
    {
        Need.Command("script");
        var start = new ProcessStartInfo("/usr/bin/script") { WorkingDirectory = scratch.FullPath };
        return ProcessRunner.Run(start, ["-qec", command, "/dev/null"], System.Text.Encoding.ASCII.GetBytes(answer), TimeSpan.FromSeconds(60)).Output;
    }

    private static ProcessResult Run(ScratchDirectory scratch, string arguments) =>
        ProcessRunner.Run(new ProcessStartInfo(Repository.Tool("mkfs.ext2u")) { WorkingDirectory = scratch.FullPath }, arguments.Split(' '), null, TimeSpan.FromSeconds(60));
}
