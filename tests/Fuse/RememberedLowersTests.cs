using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests;

/// <summary>A top knows what it was made over: mount.ext2u puts it over nothing else unless it is told to.</summary>
public sealed class RememberedLowersTests : IDisposable
{
    private const string BaseId = "11111111-2222-3333-4444-555555555555";
    private const string OtherId = "66666666-7777-8888-9999-aaaaaaaaaaaa";

    private readonly ScratchDirectory scratch = new();
    private readonly string folder;

    public RememberedLowersTests()
    {
        Need.Root();
        Need.Fuse();
        Need.Command("mke2fs");
        folder = Path.Combine(scratch.FullPath, "mnt");
        _ = Directory.CreateDirectory(folder);
        _ = ProcessRunner.Bash($"""
            cd {scratch.FullPath}
            mkdir tree && echo one > tree/a && echo two > tree/b
            mke2fs -q -t ext2 -U {BaseId} -d tree base 8m
            rm tree/a && echo 2 > tree/b && echo three > tree/c
            mke2fs -q -t ext2 -U {BaseId} -d tree rebuilt 8m
            mke2fs -q -t ext2 -U {OtherId} -d tree other 8m
            mke2fs -q -t ext2 top 8m
            """);
    }

    public void Dispose()
    {
        for (int i = 0; i < 3 && File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] == folder); i++)
        {
            _ = ProcessRunner.Run("/bin/umount", "-l", folder);
        }

        scratch.Dispose();
    }

    [Fact]
    public void ATopWithContentIsRefusedOverAnotherLowerUnlessForced()
    {
        Change("base", "");
        ProcessResult refused = Mount("other", "");
        Assert.Equal(32, refused.ExitCode);
        Assert.Equal(
            $"mount.ext2u: {Image("top")} was made over another lower, ext2 volume {BaseId}, which is missing; name it in lower=, or mount without it with: -o force-lower\n",
            refused.Error);
        Mount("other", ",force-lower").OrFail();
        Assert.Equal("2\n", ProcessRunner.Bash("cat b", folder));
        Unmount();

        // What was there when it was forced is what it remembers now; the old one may be missing, or come back.
        Assert.Equal(32, Mount("base", "").ExitCode);
        Mount($"base:{Image("other")}", "").OrFail();
        Assert.Equal("changed\n", ProcessRunner.Bash("cat a", folder));
        Unmount();
        Mount($"other:{Image("base")}", "").OrFail();
        Unmount();
    }

    [Fact]
    public void MoreLowersAreFineAndSoIsAnotherLowerOfAnEmptyTop()
    {
        Mount("base", "").OrFail();
        Unmount();
        Change("other", "");
        Mount($"base:{Image("other")}", "").OrFail();
        Unmount();
        Assert.Equal(32, Mount("other", "").ExitCode);
    }

    [Fact]
    public void ARebuiltLowerWithTheSameNumberIsTaken()
    {
        Change("base", "");
        Mount("rebuilt", "").OrFail();
        Assert.Equal("changed\n2\nthree\n", ProcessRunner.Bash("cat a b c", folder));
        Unmount();
    }

    [Fact]
    public void ADirectoryOfTheHostIsKnownAgainByWhatItIs()
    {
        _ = ProcessRunner.Bash("mkdir d e && echo low > d/f && echo low > e/f", scratch.FullPath);
        Mount("d", "").OrFail();
        _ = ProcessRunner.Bash("chmod 600 f", folder);
        Unmount();
        _ = ProcessRunner.Bash("mv d moved", scratch.FullPath);
        Mount("moved", "").OrFail();
        Assert.Equal("600 low\n", ProcessRunner.Bash("echo $(stat -c %a f; cat f)", folder));
        Unmount();
        ProcessResult refused = Mount("e", "");
        Assert.Equal(32, refused.ExitCode);
        Assert.Contains("directory of the host with inode number", refused.Error);
    }

    private void Change(string lower, string options)
    {
        Mount(lower, options).OrFail();
        _ = ProcessRunner.Bash("echo changed > a", folder);
        Unmount();
    }

    private string Image(string name) => Path.Combine(scratch.FullPath, name);

    private ProcessResult Mount(string lower, string options) =>
        ProcessRunner.Run(Repository.Tool("mount.ext2u"), "-o", $"union,lower={Image(lower)}{options}", Image("top"), folder);

    private void Unmount() => ProcessRunner.Check("/bin/umount", folder);
}
