using System.Globalization;
using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Runs the checker on a volume in memory, and asks e2fsck what it thinks of the result.</summary>
internal static class Judge
{
    /// <summary>Checks. The transcript is what a terminal would have shown.</summary>
    public static CheckResult Check(BlockDevice device, CheckMode mode, out string transcript, bool force = true) =>
        Run(device, new CheckOptions { Mode = mode, Force = force, Verbose = true, Name = "test.img" }, [], out transcript);

    /// <summary>Checks with these options and answers: no to questions that hold one of the texts. The transcript ends in the exit code.</summary>
    public static CheckResult Run(BlockDevice device, CheckOptions options, IReadOnlyList<string> refused, out string transcript)
    {
        var recorder = new Recorder(refused);
        CheckResult result = Checker.Run(device, options, recorder);
        recorder.Line(string.Create(CultureInfo.InvariantCulture, $"exit {(int)result.Exit}"));
        transcript = recorder.Text.ToString();
        return result;
    }

    /// <summary>Repairs; fails unless a second run has nothing to say and e2fsck neither. Returns what the first run raised.</summary>
    public static CheckResult Repair(VolumeImage volume, string what, out VolumeImage repaired)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult first = Check(device, CheckMode.Yes, out string transcript);
        CheckResult second = Check(device, CheckMode.No, out string silent);
        repaired = VolumeImage.Of(device);
        Assert.True(second.Exit == ExitCode.Clean, $"{what}: the second run is not silent\n--- first ({first.Exit})\n{transcript}\n--- second\n{silent}");
        if (E2fsckSays(repaired) is { } complaint)
        {
            Assert.Fail($"{what}: e2fsck is not content\n--- ours ({first.Exit})\n{transcript}\n--- e2fsck\n{complaint}");
        }
        return first;
    }

    /// <summary>What e2fsck has against a volume whose mark features are cleared; null when nothing.</summary>
    public static string? E2fsckSays(VolumeImage volume)
    {
        using var scratch = new ScratchDirectory("fsck-judge");
        string image = scratch["judged.img"];
        volume.Save(image);
        E2fsck.ClearMarkFeatures(image);
        ProcessResult result = ProcessRunner.Run("/sbin/e2fsck", "-fn", image);
        if (Environment.GetEnvironmentVariable("EXT2U_FSCK_KEEP") is { Length: > 0 } kept)
        {
            // For looking at a case with debugfs: the last volume that was judged.
            volume.Save(kept);
        }
        bool isClean = result.ExitCode == 0 && !result.Output.Contains("? no", StringComparison.Ordinal);
        return isClean ? null : result.Output;
    }

    private sealed class Recorder(IReadOnlyList<string> refused) : Interaction
    {
        public StringBuilder Text { get; } = new();

        public override void Line(string text) => Text.AppendLine(text);

        public override Answer Ask(string text)
        {
            bool isRefused = refused.Any(part => text.Contains(part, StringComparison.Ordinal));
            Text.Append(text).AppendLine(isRefused ? " no" : " yes");
            return isRefused ? Answer.No : Answer.Yes;
        }
    }
}
