using System.Diagnostics;
using Ext2Union.BlockDevices;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// Seeded damage: whatever it is, the checker ends, in time, and what it repaired is sound by its own and by e2fsck's judgement.
/// EXT2U_FSCK_CASES and EXT2U_FSCK_SEED make a long run of it.
/// </summary>
public sealed class MutationTests
{
    private const int DefaultCases = 200;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    [Fact]
    public void RepairedVolumesAreSound()
    {
        int cases = Number("EXT2U_FSCK_CASES", DefaultCases);
        int start = Number("EXT2U_FSCK_SEED", 1);
        bool isLong = cases != DefaultCases;
        var failures = new List<string>();
        VolumeImage[] bases = [BaseVolumes.Small, BaseVolumes.Groups, BaseVolumes.Pages];
        for (int seed = start; seed < start + cases && failures.Count < (isLong ? 1000 : 5); seed++)
        {
            VolumeImage volume = bases[seed % bases.Length].Clone();
            var damage = new Damage(volume, seed);
            damage.Run();
            if (Environment.GetEnvironmentVariable("EXT2U_FSCK_SAVE") is { Length: > 0 } folder)
            {
                // For comparing with other checkers: the damaged volumes, and nothing judged.
                volume.Save(Path.Combine(folder, $"{seed}.img"));
                continue;
            }
            if (Guarded(volume) is { } failure)
            {
                failures.Add($"===== {damage}\n{failure}");
            }
        }
        Assert.True(failures.Count == 0, $"{failures.Count} of {cases} cases:\n{string.Join("\n", failures)}");
    }

    // A crash of one case must not hide the others, nor its seed.
    private static string? Guarded(VolumeImage volume)
    {
        try
        {
            return Judged(volume);
        }
        catch (Exception crash) when (crash is not Xunit.Sdk.XunitException)
        {
            return crash.ToString();
        }
    }

    private static string? Judged(VolumeImage volume)
    {
        var watch = Stopwatch.StartNew();
        using MemoryBlockDevice device = volume.ToDevice();
        _ = Judge.Check(device, CheckMode.No, out _);
        if (!VolumeImage.Of(device).Bytes.AsSpan().SequenceEqual(volume.Bytes))
        {
            return "-n wrote";
        }
        CheckResult first = Judge.Check(device, CheckMode.Yes, out string transcript);
        if ((first.Exit & ExitCode.Operational) != 0)
        {
            // Beyond repair by both: no superblock to go by, or features of other file systems.
            return first.Raised.Any(code => code is "SB002" or "SB003" or "SB004") ? null : $"it gave up\n{transcript}";
        }
        CheckResult second = Judge.Check(device, CheckMode.No, out string silent);
        if (watch.Elapsed > Limit)
        {
            return $"it took {watch.Elapsed.TotalSeconds:F1} s\n{transcript}";
        }
        if (second.Exit != ExitCode.Clean)
        {
            return $"the second run is not silent\n--- first ({first.Exit})\n{transcript}\n--- second\n{silent}";
        }
        return Judge.E2fsckSays(VolumeImage.Of(device)) is { } complaint ? $"e2fsck is not content\n--- ours\n{transcript}\n--- e2fsck\n{complaint}" : null;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : otherwise;
}
