using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Safety;

/// <summary>mkfs, fsck and mount exclude each other on an image; whoever is refused is told by whom.</summary>
public sealed class LockTests : IDisposable
{
    private readonly ScratchDirectory scratch = new("lock");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void MountedImageIsNobodyElses()
    {
        Ready("image");
        using MountedExt2u mount = Ext2uTools.Mount(scratch["image"], scratch["mount"]);
        Refused(mount, Mkfs("image"), 1);
        Refused(mount, Ext2uTools.Fsck("-p", "-f", scratch["image"]), 8);
        Refused(mount, MountTool(scratch["image"], "other", ""), 32);
        Refused(mount, MountTool(scratch["image"], "other", "ro"), 32);
        mount.Unmount();
        Assert.Equal(0, Ext2uTools.Fsck("-p", "-f", scratch["image"]).ExitCode);
    }

    [Fact]
    public void LowerServesManyUnionsAndIsWrittenByNobody()
    {
        Ready("base", "top1", "top2");
        string union = $"union,lower={scratch["base"]}";
        using MountedExt2u first = Ext2uTools.Mount(scratch["top1"], scratch["mount1"], union);
        using MountedExt2u second = Ext2uTools.Mount(scratch["top2"], scratch["mount2"], union);
        using MountedExt2u third = Ext2uTools.Mount("tmpfs", scratch["mount3"], union);
        byte[] before = File.ReadAllBytes(scratch["base"]);
        ProcessRunner.Bash("echo 1 > mount1/f; echo 2 > mount2/f; echo 3 > mount3/f; rm -r mount*/lost+found", scratch.FullPath);

        RefusedByAny(Mkfs("base"), first, second, third);
        RefusedByAny(Ext2uTools.Fsck("-y", "-f", scratch["base"]), first, second, third);
        RefusedByAny(MountTool(scratch["base"], "other", ""), first, second, third);
        Refused(first, MountTool(scratch["top1"], "other", union), 32);
        Assert.Equal(["1", "2", "3"], ((string[])["mount1", "mount2", "mount3"]).Select(name => File.ReadAllText(scratch[$"{name}/f"]).Trim()));

        first.Unmount();
        second.Unmount();
        third.Unmount();
        Assert.Equal(before, File.ReadAllBytes(scratch["base"]));
        Assert.Equal(0, Mkfs("base").ExitCode);
    }

    [Fact]
    public void ImageCannotBeTopAndLowerAtOnce()
    {
        Ready("image");
        ProcessResult result = MountTool(scratch["image"], "mount", $"union,lower={scratch["image"]}");
        Assert.Equal(32, result.ExitCode);
        Assert.Single(result.Error.Trim().Split('\n'));
    }

    [Fact]
    public void KernelMountIsSeen()
    {
        Need.LoopDevices();
        Ready("image");
        using var kernel = new LoopMount(scratch["image"], scratch["kernel"], readOnly: false);
        Names(Mkfs("image"), 1);
        Names(Ext2uTools.Fsck("-p", "-f", scratch["image"]), 8);
        Names(MountTool(scratch["image"], "mount", ""), 32);

        void Names(ProcessResult result, int exitCode)
        {
            Assert.Equal(exitCode, result.ExitCode);
            Assert.Contains(kernel.FullPath, result.Error, StringComparison.Ordinal);
        }
    }

    private static void Refused(MountedExt2u holder, ProcessResult result, int exitCode)
    {
        Assert.True(result.ExitCode == exitCode, $"exit code {exitCode} was expected\n{result}");
        RefusedByAny(result, holder);
    }

    private static void RefusedByAny(ProcessResult result, params MountedExt2u[] holders)
    {
        Assert.NotEqual(0, result.ExitCode);
        Assert.True(
            holders.Any(holder => result.Error.Contains($"{holder.ProcessId}", StringComparison.Ordinal)),
            $"no holder's process number ({string.Join(", ", holders.Select(holder => holder.ProcessId))}) is named\n{result}");
    }

    private ProcessResult Mkfs(string image) => ProcessRunner.Run(Repository.PublishedTool("mkfs.ext2u"), "-q", "-F", scratch[image]);

    private ProcessResult MountTool(string image, string folder, string options)
    {
        string tool = Repository.PublishedTool("mount.ext2u"), target = scratch.Folder(folder);
        ProcessResult result = options.Length > 0 ? ProcessRunner.Run(tool, image, target, "-o", options) : ProcessRunner.Run(tool, image, target);
        if (result.ExitCode == 0)
        {
            _ = ProcessRunner.Run("/bin/umount", target);
        }

        return result;
    }

    private void Ready(params string[] images)
    {
        Need.Root();
        Need.Fuse();
        foreach (string image in images)
        {
            Ext2uTools.Mkfs(scratch[image], "16m");
        }
    }
}
