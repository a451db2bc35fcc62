using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>What cannot be checked: exit code 8, or 4, and a line that names it.</summary>
public sealed class RefusedImageTests : IDisposable
{
    private readonly ScratchDirectory scratch = new("fsck-refused");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("true", "No such file or directory")]
    [InlineData("mkdir image", "is a directory; an image file or a block device is needed")]
    [InlineData("mkfifo image", "is a named pipe; an image file or a block device is needed")]
    [InlineData("ln -s image image", "Too many levels of symbolic links")]
    [InlineData(": > image", "No sound superblock was found")]
    [InlineData("truncate -s 4m image", "No sound superblock was found")]
    [InlineData("seq 100000 > image", "No sound superblock was found")]
    [InlineData("mke2fs -q -t ext4 image 8m 2>&1", "features that ext2 has not")]
    [InlineData("mke2fs -q -t ext2 image 8m 2>&1; truncate -s 4m image", "but the device has only")]
    public void ItIsOneLine(string making, string sentence)
    {
        ProcessRunner.Bash("PATH=$PATH:/sbin; " + making, scratch.FullPath);
        foreach (string mode in (string[])["-n", "-p", "-y"])
        {
            ProcessResult result = ProcessRunner.Run(Repository.Tool("fsck.ext2u"), mode, scratch["image"]);
            // A device that is too small is a problem that is left.
            Assert.True((result.ExitCode & 12) != 0, result.ToString());
            Assert.Contains(sentence, result.All);
            Assert.DoesNotContain("   at ", result.All);
        }
    }

    [Fact]
    public void AHolderIsNamed()
    {
        BaseVolumes.Small.Save(scratch["image"]);
        string tool = Repository.Tool("fsck.ext2u");
        string said = ProcessRunner.Bash($"set +e; flock -x '{scratch["image"]}' -c \"'{tool}' -y '{scratch["image"]}' 2>&1; echo \\$?\"");
        Assert.Matches(@"^fsck\.ext2u: .*image is in use by .*\(?[0-9]+\)?.*\n8\n$", said);
    }

    [Fact]
    public void AMountedVolumeIsLeftAlone()
    {
        Need.LoopDevices();
        string image = scratch["image"];
        BaseVolumes.Plain.Save(image);
        using var mount = new LoopMount(image, scratch["mount"], readOnly: false);
        ProcessResult result = ProcessRunner.Run(Repository.Tool("fsck.ext2u"), "-fy", image);
        Assert.Equal((8, ""), (result.ExitCode, result.Output));
        Assert.Contains($"is mounted by the kernel on {scratch["mount"]}", result.Error);
        Assert.Contains("run umount", result.Error);
        Assert.Single(result.Error.TrimEnd().Split('\n'));
    }
}
