using Ext2Union.BlockDevices;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A repair that ends after any of its writes: the volume says that it needs a check, and the next run ends in a sound one.</summary>
public sealed class InterruptedRepairTests
{
    private const int MostPointsPerCase = 12;

    [Theory]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(42)]
    [InlineData(77)]
    public void TheNextRunFinishesIt(int seed)
    {
        VolumeImage volume = BaseVolumes.Groups;
        var damage = new Damage(volume, seed);
        damage.Run();
        AssertRepeatable(volume, damage.ToString());
    }

    [Theory]
    [InlineData("d017")]
    [InlineData("d016")]
    [InlineData("c004")]
    [InlineData("b001")]
    [InlineData("i001")]
    [InlineData("sb014")]
    [InlineData("sb017")]
    [InlineData("u001")]
    [InlineData("u019")]
    [InlineData("u020")]
    [InlineData("u021")]
    [InlineData("u024")]
    [InlineData("u026")]
    [InlineData("u028")]
    public void TheRepairOfARowIsRepeatable(string code)
    {
        Fixture fixture = FixtureTable.Named(code);
        VolumeImage volume = fixture.Base();
        fixture.Edit(volume);
        AssertRepeatable(volume, code);
    }

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

    private static void AssertRepeatable(VolumeImage volume, string what)
    {
        using var recording = new RecordingBlockDevice(volume.ToDevice());
        _ = Judge.Check(recording, CheckMode.Yes, out _);
        Assert.True(recording.Count > 0, what);
        int step = Math.Max(1, recording.Count / MostPointsPerCase);
        for (int count = 1; count < recording.Count; count += step)
        {
            using MemoryBlockDevice device = volume.ToDevice();
            Assert.Equal(Errno.None, recording.ReplayPrefix(device, count));
            AssertFinishes(device, $"{what}, stopped after {count} of {recording.Count} writes");
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
