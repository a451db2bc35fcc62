using Ext2Union.BlockDevices;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// Seeded damage to copies, their index and the table of lowers, alone and beside damage of all kinds: the checker ends, a second run is silent, e2fsck is content,
/// and records that were not damaged are as they were. EXT2U_FSCK_CASES and EXT2U_FSCK_SEED make a long run of it.
/// </summary>
public sealed class CopyMutationTests
{
    private const int DefaultCases = 60;
    private const string Record = "ext2u.copy";

    [Fact]
    public void RepairedTopsAreSoundAndUndamagedRecordsSurvive()
    {
        int cases = Number("EXT2U_FSCK_CASES", DefaultCases);
        int start = Number("EXT2U_FSCK_SEED", 1);
        var failures = new List<string>();
        V[] bases = [BaseVolumes.Copies, BaseVolumes.SmallCopies];
        for (int seed = start; seed < start + cases && failures.Count < 5; seed++)
        {
            V intact = bases[seed % bases.Length];
            V volume = intact.Clone();
            var damage = new CopyDamage(volume, seed);
            damage.Run();
            var general = new Damage(volume, seed);
            bool isMixed = seed % 3 == 0;
            if (isMixed)
            {
                general.Run();
            }
            string what = isMixed ? $"{damage}; {general}" : damage.ToString();
            try
            {
                if (Judged(intact, volume, isMixed ? null : damage) is { } failure)
                {
                    failures.Add($"===== {what}\n{failure}");
                }
            }
            catch (Exception crash) when (crash is not Xunit.Sdk.XunitException)
            {
                failures.Add($"===== {what}\n{crash}");
            }
        }
        Assert.True(failures.Count == 0, string.Join("\n", failures));
    }

    private static string? Judged(V intact, V damaged, CopyDamage? damage)
    {
        using MemoryBlockDevice device = damaged.ToDevice();
        _ = Judge.Check(device, CheckMode.No, out _);
        if (!V.Of(device).Bytes.AsSpan().SequenceEqual(damaged.Bytes))
        {
            return "-n wrote";
        }
        CheckResult first = Judge.Check(device, CheckMode.Yes, out string transcript);
        if ((first.Exit & ExitCode.Operational) != 0)
        {
            return first.Raised.Any(code => code is "SB002" or "SB003" or "SB004") ? null : $"it gave up\n{transcript}";
        }
        CheckResult second = Judge.Check(device, CheckMode.No, out string silent);
        bool isFull = first.Raised.Contains("U029");
        if (second.Exit != ExitCode.Clean && !isFull)
        {
            return $"the second run is not silent\n--- first ({first.Exit})\n{transcript}\n--- second\n{silent}";
        }
        V repaired = V.Of(device);
        if (!isFull && Judge.E2fsckSays(repaired) is { } complaint)
        {
            return $"e2fsck is not content\n--- ours\n{transcript}\n--- e2fsck\n{complaint}";
        }
        return damage is null ? null : LostRecord(intact, repaired, damage) is { } lost ? $"{lost}\n--- ours\n{transcript}" : null;
    }

    // Records that the damage spared. What it did to the index or to another record may cost a copy its place in the index, but nothing else.
    private static string? LostRecord(V intact, V repaired, CopyDamage damage)
    {
        foreach (uint inode in CopyDamage.CopiesOf(intact).Where(inode => !damage.Touched.Contains(inode)))
        {
            byte[] before = intact.AttributeOf(inode, Record)!;
            byte[]? after = repaired.AttributeOf(inode, Record);
            int skipped = after is not null && (before[1] & 1) != (after[1] & 1) && (before[1] & 1) != 0 ? 1 : 0;
            bool isSame = after is not null && after.Length == before.Length
                && (skipped == 0 ? after.AsSpan().SequenceEqual(before) : after.AsSpan(2, 14).SequenceEqual(before.AsSpan(2, 14)) && after.AsSpan(20).SequenceEqual(before.AsSpan(20)));
            if (!isSame || repaired.U32(repaired.Inode(inode, V.Size)) != intact.U32(intact.Inode(inode, V.Size)))
            {
                return $"inode {inode}: record was {Convert.ToHexString(before)}, is {(after is null ? "gone" : Convert.ToHexString(after))}";
            }
        }
        return null;
    }

    private static int Number(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int number) ? number : otherwise;
}
