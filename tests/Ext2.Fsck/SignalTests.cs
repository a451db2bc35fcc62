using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// The real tool is ended in the middle of thousands of repairs. What it prints is read only so far, so it waits with the rest for us: the signal
/// comes before its end whatever the machine does.
/// </summary>
public sealed class SignalTests : IDisposable
{
    private const int Files = 2500;
    private static readonly Lazy<VolumeImage> Base = new(Make);
    private readonly ScratchDirectory scratch = new("fsck-signal");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("INT", 33, 1)]
    [InlineData("INT INT", 33, 2)]
    [InlineData("TERM", 33, 3)]
    [InlineData("HUP", 33, 4)]
    [InlineData("KILL", 137, 5)]
    [InlineData("KILL", 137, 6)]
    public void TheNextRunFinishesWhatASignalEnded(string signals, int exit, int seed)
    {
        string image = Damaged();
        Assert.Equal(exit, EndWith(signals, new Random(seed).Next(10, Files), "-fy", image));
        ProcessResult next = Run("-y", image);
        Assert.True(next.ExitCode == 1, $"seed {seed}\n{next}");
        Assert.Equal(0, Run("-fn", image).ExitCode);
        E2fsck.AssertClean(image);
    }

    [Theory]
    [InlineData("INT", 33, 7)]
    [InlineData("KILL", 137, 8)]
    public void WhatASignalEndedIsUndone(string signal, int exit, int seed)
    {
        string image = Damaged();
        byte[] before = File.ReadAllBytes(image);
        Assert.Equal(exit, EndWith(signal, new Random(seed).Next(10, Files), "-fy", "-z", scratch["undo"], image));
        Assert.NotEqual(before, File.ReadAllBytes(image));
        ProcessResult undone = Run("--undo", scratch["undo"], image);
        Assert.True(undone.ExitCode == 0, undone.ToString());
        Assert.Equal(before, File.ReadAllBytes(image));
    }

    [Fact]
    public void ProgressBeginsAndEndsWithSignals()
    {
        string image = Damaged();
        // A negative descriptor is silent until SIGUSR1.
        string script = $"'{Repository.Tool("fsck.ext2u")}' -fn -C -3 '{image}' 3>'{scratch["progress"]}' >/dev/null";
        Assert.Equal("4\n", ProcessRunner.Bash($"set +e; {script}; echo $?"));
        Assert.Empty(File.ReadAllText(scratch["progress"]));
        using Process process = Start("-fn", "-C", "-1", image);
        SkipLines(process, 10);
        Send(process, "USR1");
        string rest = process.StandardOutput.ReadToEnd();
        Assert.Contains($"5 2 2 {image}\n", rest);
        Assert.True(process.WaitForExit(60000));
        Assert.Equal(4, process.ExitCode);
    }

    private static int EndWith(string signals, int lines, params string[] arguments)
    {
        using Process process = Start(arguments);
        SkipLines(process, lines);
        foreach (string signal in signals.Split(' '))
        {
            Send(process, signal);
        }

        // The tool waits for us with thousands of lines that the pipe has no room for, so the thread that takes its signals has the time it needs.
        Thread.Sleep(500);
        _ = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(60000));
        return process.ExitCode;
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(new ProcessStartInfo(Repository.Tool("fsck.ext2u"), arguments) { RedirectStandardOutput = true })!;

    private static void SkipLines(Process process, int count)
    {
        for (int line = 0; line < count; line++)
        {
            Assert.NotNull(process.StandardOutput.ReadLine());
        }
    }

    private static void Send(Process process, string signal) => ProcessRunner.Check("/bin/kill", "-" + signal, process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static ProcessResult Run(params string[] arguments) => ProcessRunner.Run(Repository.Tool("fsck.ext2u"), arguments);

    // Wrong block counts and wrong link counts everywhere: repairs in passes 1 and 4.
    private string Damaged()
    {
        VolumeImage volume = Base.Value.Clone();
        for (uint inode = 12; inode <= volume.InodeCount; inode++)
        {
            if ((volume.U16(volume.Inode(inode, VolumeImage.Mode)) & 0xF000) == 0x8000)
            {
                volume.Set16(volume.Inode(inode, VolumeImage.Links), 7);
                volume.Set32(volume.Inode(inode, VolumeImage.Blocks512), 4444);
            }
        }
        string path = scratch["volume.img"];
        volume.Save(path);
        return path;
    }

    private static VolumeImage Make()
    {
        using var scratch = new ScratchDirectory("fsck-signal-base");
        string tree = scratch.Folder("tree");
        ProcessRunner.Bash($"for i in $(seq {Files}); do echo $i > a-file-$i; done", tree);
        string image = scratch["volume.img"];
        new Mke2fs { BlockBytes = 1024, InodeBytes = 128, Bytes = 12 << 20, Inodes = 4096, Tree = tree }.Make(image);
        return VolumeImage.Load(image);
    }
}
