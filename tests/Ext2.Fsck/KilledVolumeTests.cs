using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// The engine is killed after any of its writes: -p makes the volume sound without asking, as a mount needs it, and e2fsck agrees. When the power fails
/// instead, with writes torn and lost, -p may leave a torn directory block to a person; -y then makes the volume sound.
/// EXT2U_FSCK_CASES and EXT2U_FSCK_SEED make a long run of it.
/// </summary>
public sealed class KilledVolumeTests
{
    private const int DefaultCases = 60;
    private const int PointsPerSeed = 10;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AKilledVolumeIsMadeSound(bool isPowerFailure)
    {
        int cases = Number("EXT2U_FSCK_CASES", DefaultCases);
        int start = Number("EXT2U_FSCK_SEED", 1);
        var failures = new List<string>();
        for (int seed = start; seed < start + (cases / PointsPerSeed); seed++)
        {
            using var kill = new KilledVolume(seed);
            var random = new Random(seed);
            for (int point = 0; point < PointsPerSeed && failures.Count < 5; point++)
            {
                int writes = random.Next(kill.WriteCount + 1);
                using MemoryBlockDevice left = kill.After(writes, isPowerFailure ? new Random((seed * 1000) + point) : null);
                if (Judged(left, isPowerFailure) is { } failure)
                {
                    failures.Add($"===== seed {seed}, killed after {writes} of {kill.WriteCount} writes\n{failure}");
                }
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    private static string? Judged(MemoryBlockDevice left, bool mayAsk)
    {
        CheckResult first = Judge.Check(left, CheckMode.Preen, out string transcript, force: false);
        if (mayAsk && (first.Exit & ExitCode.Left) != 0)
        {
            first = Judge.Check(left, CheckMode.Yes, out transcript);
        }
        if ((first.Exit & ~ExitCode.Corrected) != 0)
        {
            return $"-p gave up ({first.Exit})\n{transcript}";
        }
        CheckResult second = Judge.Check(left, CheckMode.No, out string silent);
        if (second.Exit != ExitCode.Clean)
        {
            return $"the second run is not silent\n--- first\n{transcript}\n--- second\n{silent}";
        }
        return Judge.E2fsckSays(VolumeImage.Of(left)) is { } complaint ? $"e2fsck is not content\n--- ours\n{transcript}\n--- e2fsck\n{complaint}" : null;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : otherwise;

    /// <summary>A volume in use whose every write was recorded.</summary>
    private sealed class KilledVolume : IDisposable
    {
        private const long Bytes = 12 << 20;
        private readonly MemoryBlockDevice start = new(Bytes);
        private readonly RecordingBlockDevice recording;

        public KilledVolume(int seed)
        {
            int blockBytes = seed % 2 == 0 ? 1024 : 4096;
            Assert.Null(Formatter.Format(start, new FormatOptions { BlockBytes = blockBytes, InodeBytes = seed % 3 == 0 ? 128 : 256 }));
            recording = new RecordingBlockDevice(start.Clone());
            Assert.True(Ext2Volume.TryMount(recording, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
            Use(volume, seed);
            _ = volume.Sync();
            WriteCount = recording.Count;
            Assert.Equal(Errno.None, volume.Unmount());
        }

        public int WriteCount { get; }

        // Every second volume is a union's top as well.
        private static void Use(Ext2Volume volume, int seed)
        {
            if (seed % 2 == 0)
            {
                new RandomUse(volume, seed).Run(600);
                return;
            }
            var copies = new CopyUse(volume, seed);
            copies.Begin();
            for (int round = 0; round < 6; round++)
            {
                new RandomUse(volume, seed + round).Run(50);
                copies.Run(50);
            }
        }

        /// <summary>What is left after so many writes; with a random, of a power failure.</summary>
        public MemoryBlockDevice After(int writes, Random? random)
        {
            MemoryBlockDevice left = start.Clone();
            Assert.Equal(Errno.None, random is null ? recording.ReplayPrefix(left, writes) : recording.ReplayCrash(left, writes, random));
            return left;
        }

        public void Dispose()
        {
            recording.Dispose();
            start.Dispose();
        }
    }
}
