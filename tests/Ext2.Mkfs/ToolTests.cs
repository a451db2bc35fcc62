using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Mkfs.Tests;

/// <summary>mkfs.ext2u as scripts and people call it.</summary>
public sealed class ToolTests
{
    [Fact]
    public void AnImageIsMadeAndDescribed()
    {
        using var scratch = new ScratchDirectory("tool");
        ProcessResult made = Run("-L", "label", "-U", "11111111-2222-3333-4444-555555555555", "-b4096", scratch["image"], "300m");
        Assert.True(made.ExitCode == 0, made.ToString());
        Assert.Equal(
            $"""
            Creating regular file {scratch["image"]}
            Creating filesystem with 76800 4k blocks and 76800 inodes
            Filesystem UUID: 11111111-2222-3333-4444-555555555555
            Superblock backups stored on blocks: 
            {"\t"}32768

            Writing inode tables: done

            """,
            made.Output);
        E2fsck.AssertClean(scratch["image"]);
        Assert.Contains("label", ProcessRunner.Check("/sbin/dumpe2fs", "-h", scratch["image"]), StringComparison.Ordinal);
    }

    [Fact]
    public void QuietIsSilentAndADryRunWritesNothing()
    {
        using var scratch = new ScratchDirectory("tool");
        AssertSilent(Run("-nq", scratch["image"], "10m"));
        Assert.False(File.Exists(scratch["image"]));
        AssertSilent(Run("-q", scratch["image"], "10m"));
        byte[] before = File.ReadAllBytes(scratch["image"]);
        ProcessResult dry = Run("-n", scratch["image"]);
        Assert.Contains("Creating filesystem with 10240 1k blocks and 2560 inodes", dry.Output, StringComparison.Ordinal);
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(scratch["image"])));
    }

    [Theory]
    [InlineData("mkfs.ext2", "an ext2 file system labelled 'precious'")]
    [InlineData("mkfs.ext4", "an ext4 file system labelled 'precious'")]
    [InlineData("mkswap", "swap space")]
    public void WhatIsThereIsNotOverwrittenUnasked(string maker, string what)
    {
        using var scratch = new ScratchDirectory("tool");
        Mke2fs.SparseFile(scratch["image"], 8 << 20);
        _ = ProcessRunner.Check($"/sbin/{maker}", "-q", "-L", "precious", scratch["image"]);
        byte[] before = File.ReadAllBytes(scratch["image"]);
        ProcessResult refused = Run(scratch["image"]);
        Assert.Equal((1, $"mkfs.ext2u: {scratch["image"]} contains {what}; run again with -F to overwrite it\n"), (refused.ExitCode, refused.Error));
        Assert.True(before.AsSpan().SequenceEqual(File.ReadAllBytes(scratch["image"])));
        Assert.Equal(0, Run("-F", scratch["image"]).ExitCode);
        E2fsck.AssertClean(scratch["image"]);
    }

    [Fact]
    public void ASecondVolumeLeavesNoTraceOfTheFirst()
    {
        using var scratch = new ScratchDirectory("tool");
        Mke2fs.SparseFile(scratch["image"], 64 << 20);
        _ = ProcessRunner.Check("/bin/dd", "if=/dev/urandom", $"of={scratch["image"]}", "bs=1M", "count=64", "conv=notrunc", "status=none");
        foreach (string wish in new[] { "discard", "nodiscard" })
        {
            Assert.Equal(0, Run("-qF", "-E", wish, "-b", "2048", scratch["image"]).ExitCode);
            E2fsck.AssertClean(scratch["image"]);
        }
    }

    [Theory]
    [InlineData("mkfs.ext2u: -O: The feature extents can't be made: ext2 maps blocks by indirect blocks, and a volume with extents is ext4.", "-O", "extents")]
    [InlineData("mkfs.ext2u: -b: '1000' is not a whole number in 1024..65536", "-b", "1000")]
    [InlineData("mkfs.ext2u: -m: '51' is not a share in 0..50 percent", "-m51")]
    [InlineData("mkfs.ext2u: -j: ext2 has no journal", "-j")]
    [InlineData("mkfs.ext2u: there is no option -X; mkfs.ext2u --help lists all", "-X")]
    [InlineData("mkfs.ext2u: the option -L needs a value", "-L")]
    [InlineData("mkfs.ext2u: -U: 'x' is not a UUID, random, time or clear", "-U", "x")]
    [InlineData("mkfs.ext2u: -E stride needs a value", "-E", "stride")]
    public void BadWishesAreRefusedByName(string sentence, params string[] arguments)
    {
        using var scratch = new ScratchDirectory("tool");
        ProcessResult result = Run([scratch["image"], "8m", .. arguments]);
        Assert.Equal((1, sentence + "\n"), (result.ExitCode, result.Error));
        Assert.False(File.Exists(scratch["image"]));
    }

    [Fact]
    public void ADeviceThatIsInUseIsLeftAlone()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("tool");
        Assert.Equal(0, Run("-q", scratch["image"], "8m").ExitCode);
        using (var mount = new LoopMount(scratch["image"], scratch["mnt"]))
        {
            ProcessResult refused = Run("-F", scratch["image"]);
            Assert.Equal(1, refused.ExitCode);
            Assert.Contains($"is mounted by the kernel on {scratch["mnt"]} through /dev/loop", refused.Error, StringComparison.Ordinal);
        }

        using Process holder = Process.Start("/usr/bin/flock", ["-s", "-F", scratch["image"], "/bin/sleep", "30"]);
        try
        {
            // Until the lock is taken the tool may still succeed; afterwards it must not.
            ProcessResult refused = Run("-qF", scratch["image"]);
            for (int attempt = 0; attempt < 20 && refused.ExitCode == 0; attempt++)
            {
                refused = Run("-qF", scratch["image"]);
            }

            Assert.Equal($"mkfs.ext2u: {scratch["image"]} is being read by sleep (pid {holder.Id}), so it must not change; end it or unmount first\n", refused.Error);
        }
        finally
        {
            holder.Kill();
            holder.WaitForExit();
        }
    }

    [Fact]
    public void AnOffsetLeavesRoomForAPartitionTable()
    {
        Need.LoopDevices();
        using var scratch = new ScratchDirectory("tool");
        Assert.Equal(0, Run("-q", "-E", "offset=1m", scratch["image"], "9m").ExitCode);
        Assert.Equal(10 << 20, new FileInfo(scratch["image"]).Length);
        _ = ProcessRunner.Check("/bin/dd", $"if={scratch["image"]}", $"of={scratch["volume"]}", "bs=1M", "skip=1", "status=none");
        E2fsck.AssertClean(scratch["volume"]);
        Assert.False(File.ReadAllBytes(scratch["image"]).AsSpan(0, 1 << 20).ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void ATreeGetsTheSizeItNeedsAndTheSameBytesTwice()
    {
        using var scratch = new ScratchDirectory("tool");
        TreeRecipe.Everything(scratch.Folder("tree"));
        TreeRecipe.Plain(scratch.Folder("tree/plain"), 500);
        foreach (string image in new[] { "first", "second" })
        {
            var start = new ProcessStartInfo(Repository.Tool("mkfs.ext2u"));
            start.Environment["SOURCE_DATE_EPOCH"] = "1700000000";
            ProcessResult made = ProcessRunner.Run(start, ["-q", "-d", scratch["tree"], scratch[image]], null, TimeSpan.FromSeconds(60));
            Assert.True(made.ExitCode == 0, made.ToString());
            E2fsck.AssertClean(scratch[image]);
        }

        Assert.Equal(0, ProcessRunner.Run("/usr/bin/cmp", scratch["first"], scratch["second"]).ExitCode);
        Assert.InRange(new FileInfo(scratch["first"]).Length, 2 << 20, 16 << 20);
        ProcessResult inside = Run("-q", "-d", scratch["tree"], Path.Combine(scratch["tree"], "image"));
        Assert.Contains(", which it shall be filled from; make it somewhere else", inside.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(scratch["tree"], "image")));
    }

    [Fact]
    public void ATreeThatDoesNotFitLeavesNoImage()
    {
        using var scratch = new ScratchDirectory("tool");
        File.WriteAllBytes(Path.Combine(scratch.Folder("tree"), "large"), Enumerable.Repeat((byte)1, 4 << 20).ToArray());
        ProcessResult result = Run("-q", "-d", scratch["tree"], scratch["image"], "2m");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("large: writing it failed: No space left on device", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(scratch["image"]));
    }

    [Fact]
    public void ATarGetsTheSizeItNeedsAndAPipeHasToSayIt()
    {
        using var scratch = new ScratchDirectory("tool");
        TreeRecipe.Plain(scratch.Folder("tree"), 300);
        _ = ProcessRunner.Bash("tar -cf tree.tar --posix -C tree .", scratch.FullPath);
        string tool = Repository.Tool("mkfs.ext2u");
        foreach (string call in new[] { "-d tree.tar first", "-d tree.tar second", "-d - third 4m < tree.tar", "-d - fourth 4m < <(cat tree.tar)" })
        {
            _ = ProcessRunner.Bash($"SOURCE_DATE_EPOCH=1700000000 {tool} -q {call}", scratch.FullPath);
        }

        Assert.Equal("", ProcessRunner.Bash("cmp first second; cmp third fourth", scratch.FullPath));
        Assert.InRange(new FileInfo(scratch["first"]).Length, 1 << 20, 8 << 20);
        E2fsck.AssertClean(scratch["first"]);
        AssertRefused(scratch, $"{tool} -d - x < tree.tar", "-d: a tar on standard input is read only once; give a size, as in: mkfs.ext2u -d - IMAGE 1g");
        AssertRefused(scratch, $"{tool} -d - x 4m < /dev/null", "-d: standard input is a terminal or another device; a tar is needed, as in: tar -c --posix --xattrs -C DIR . | mkfs.ext2u -d - IMAGE SIZE");
        AssertRefused(scratch, $"{tool} -d tree.tar tree.tar", "tree.tar is tree.tar, which it shall be filled from; make it somewhere else");
        AssertRefused(scratch, $"(tar -c --posix -C tree --sort=name . 2> errors | head -c 3000) > cut.tar; {tool} -qd cut.tar x", "-d: cut.tar is cut short: the mark of its end is missing (behind ./)");
        Assert.False(File.Exists(scratch["x"]));
    }

    [Fact]
    public void NobodyMakesDevicesOwnersAndTrustedAttributesOfATar()
    {
        Need.Root();
        Need.Command("setpriv");
        using var scratch = new ScratchDirectory("tool");
        _ = ProcessRunner.Bash(
            $"""
            chmod 777 .; mkdir tree; cd tree; mknod char c 1 3; echo text > file; chown 12:34 file; chmod 0 file; setfattr -n trusted.mark -v value file; cd ..
            tar -cf tree.tar --posix --xattrs --xattrs-include='*' -C tree .
            setpriv --reuid=65534 --regid=65534 --clear-groups {Repository.Tool("mkfs.ext2u")} -q -d - image 4m < tree.tar
            """,
            scratch.FullPath);
        E2fsck.AssertClean(scratch["image"]);
        string listed = ProcessRunner.Check("/sbin/debugfs", "-R", "ls -l", scratch["image"]);
        Assert.Matches(@"100000 \(1\) +12 +34 +5 .* file", listed);
        Assert.Matches(@"20\d{3} \(3\) +0 +0 +0 .* char", listed);
        Assert.Contains("trusted.mark (5) = \"value\"", ProcessRunner.Check("/sbin/debugfs", "-R", "ea_list file", scratch["image"]), StringComparison.Ordinal);
    }

    private static void AssertRefused(ScratchDirectory scratch, string call, string sentence)
    {
        ProcessResult result = ProcessRunner.Run(new ProcessStartInfo("/bin/bash") { WorkingDirectory = scratch.FullPath }, ["-c", call], null, TimeSpan.FromSeconds(60));
        Assert.Equal((1, $"mkfs.ext2u: {sentence}\n"), (result.ExitCode, result.Error));
    }

    private static void AssertSilent(ProcessResult result) => Assert.Equal((0, ""), (result.ExitCode, result.All));

    private static ProcessResult Run(params string[] arguments) => ProcessRunner.Run(Repository.Tool("mkfs.ext2u"), arguments);
}
