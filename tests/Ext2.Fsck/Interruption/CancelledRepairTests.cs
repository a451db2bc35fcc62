using Ext2Union.BlockDevices;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A repair that its user cancels: the volume says that it needs a check, and the next run ends in a sound one.</summary>
public sealed class CancelledRepairTests
{
    [Fact]
    public void CancellingLeavesTheVolumeMarkedAndTheNextRunFinishes()
    {
        VolumeImage volume = BaseVolumes.Groups;
        new Damage(volume, 5).Run();
        for (int calls = 1; calls < 40; calls += 6)
        {
            using MemoryBlockDevice device = volume.ToDevice();
            CheckResult first = Checker.Run(device, new CheckOptions { Mode = CheckMode.Yes, Force = true, Name = "test.img" }, new Canceller(calls));
            if ((first.Exit & ExitCode.Cancelled) != 0)
            {
                bool isUntouched = VolumeImage.Of(device).Bytes.AsSpan().SequenceEqual(volume.Bytes);
                AssertFinishes(device, $"cancelled at call {calls}", isUntouched);
            }
        }
    }

    // Without -f: an interrupted run that wrote anything must have left the mark that asks for a check.
    private static void AssertFinishes(MemoryBlockDevice device, string what, bool force = false)
    {
        CheckResult next = Judge.Check(device, CheckMode.Yes, out string transcript, force: force);
        Assert.True((next.Exit & ~ExitCode.Corrected) == ExitCode.Clean, $"{what}\n{transcript}");
        CheckResult last = Judge.Check(device, CheckMode.No, out string silent);
        Assert.True(last.Exit == ExitCode.Clean, $"{what}\n{transcript}\n{silent}");
        Assert.True(Judge.E2fsckSays(VolumeImage.Of(device)) is null, $"{what}\n{transcript}");
    }

    private sealed class Canceller(int calls) : Interaction
    {
        private int count;

        public override bool CancelRequested => ++count > calls;

        public override void Line(string text)
        {
        }

        public override Answer Ask(string text) => Answer.Yes;
    }
}
