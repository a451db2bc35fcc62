namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>One case of the differential fuzzer: a damaged volume, repaired by us and by e2fsck, and everything that can be said against our result.</summary>
internal sealed class FuzzCase
{
    private const int Clean = 0, Corrected = 1, Left = 4;
    private const long AllocationLimit = 512L << 20;
    private readonly List<FuzzFailure> failures = [];
    private readonly StockChecker stock;
    private readonly int seed;

    public FuzzCase(int seed, StockChecker stock)
    {
        this.seed = seed;
        this.stock = stock;
        Origin = FuzzVolumes.For(seed);
        Damaged = Origin.Image.Clone();
        var damage = new Damage(Damaged, seed, Origin);
        damage.Run();
        What = $"{damage} (volume {Origin})";
    }

    public SeededVolume Origin { get; }

    public VolumeImage Damaged { get; }

    /// <summary>The damage in words.</summary>
    public string What { get; }

    public OwnRun? Looked { get; private set; }
    public OwnRun? Repaired { get; private set; }
    public OwnRun? Preened { get; private set; }

    /// <summary>e2fsck -fy: exit code, text and result.</summary>
    public (int Exit, string Text) Theirs { get; private set; }

    public VolumeImage? TheirResult { get; private set; }

    public IReadOnlyList<FuzzFailure> Run()
    {
        try
        {
            Judge();
        }
        catch (Exception crash) when (crash is not Xunit.Sdk.XunitException)
        {
            string[] trace = (crash.StackTrace ?? "").Split('\n');
            string place = trace.FirstOrDefault(line => line.Contains("Fsck.", StringComparison.Ordinal)) ?? trace[0];
            Fail($"crash: {crash.GetType().Name} {place.Trim().Split(" in ")[0]}", crash.ToString());
        }
        return failures;
    }

    /// <summary>Writes the damaged volume and both results where debugfs can look at them.</summary>
    public void Save(string folder)
    {
        _ = Directory.CreateDirectory(folder);
        Damaged.Save(Path.Combine(folder, $"{seed}.damaged.img"));
        Repaired?.After.Save(Path.Combine(folder, $"{seed}.ours.img"));
        TheirResult?.Save(Path.Combine(folder, $"{seed}.theirs.img"));
        string failed = string.Join("\n", failures.Select(failure => $"{failure.Kind}\n{failure.Text}"));
        File.WriteAllText(
            Path.Combine(folder, $"{seed}.txt"),
            $"{What}\n\n{failed}\n\n--- ours\n{Repaired?.Said}\n\n--- e2fsck\n{Theirs.Text}\n\n--- ours -p\n{Preened?.Said}\n");
    }

    private void Judge()
    {
        Looked = OwnRun.Of(Damaged, CheckMode.No);
        if (!Looked.After.Bytes.AsSpan().SequenceEqual(Damaged.Bytes))
        {
            Fail("-n wrote", "");
        }
        Repaired = OwnRun.Of(Damaged, CheckMode.Yes);
        JudgeCost(Repaired);
        Theirs = stock.Repair(Damaged, out VolumeImage theirs);
        TheirResult = theirs;
        bool theyGaveUp = Theirs.Exit is not (Clean or Corrected);
        if (Repaired.GaveUp)
        {
            if (!theyGaveUp)
            {
                Fail($"gave up {Repaired.Codes}, e2fsck did not", $"{Repaired.Said}\n{Theirs.Text}");
            }
            return;
        }
        if (!theyGaveUp && Repaired.Exit != Theirs.Exit)
        {
            Fail($"-y: exit {Repaired.Exit}, e2fsck {Theirs.Exit}, ours says {Repaired.Codes}", $"{Repaired.Said}\n{Theirs.Text}");
        }
        JudgeResult("-y", Repaired, theirs, theyGaveUp);
        JudgePreen(theirs, theyGaveUp);
        JudgeVerdict();
    }

    private void JudgeCost(OwnRun run)
    {
        double limit = 5 + (Damaged.Bytes.Length / (double)(1 << 20));
        if (run.Time.TotalSeconds > limit)
        {
            Fail("slow", $"{run.Time.TotalSeconds:F1} s");
        }
        if (run.AllocatedBytes > AllocationLimit)
        {
            Fail("memory", $"{run.AllocatedBytes >> 20} MiB were allocated");
        }
    }

    private void JudgeResult(string option, OwnRun run, VolumeImage theirs, bool theyGaveUp)
    {
        OwnRun second = OwnRun.Of(run.After, CheckMode.No);
        if (second.Exit != Clean)
        {
            Fail($"{option}: the second run says {second.Codes}", $"{second.Said}");
        }
        (int exit, string complaint) = stock.Look(run.After);
        if (exit != 0 || complaint.Contains("? no", StringComparison.Ordinal))
        {
            Fail($"{option}: e2fsck -fn says {FirstComplaint(complaint)}", complaint);
            return;
        }
        if (theyGaveUp)
        {
            return;
        }
        foreach (TreeLoss loss in new TreeComparison(Origin.Manifest, Damaged, TreeManifest.Of(theirs), TreeManifest.Of(run.After)).Run())
        {
            Fail($"{option}: lost {loss.What}: {run.Said.About(loss.Inode)}", loss.Text);
        }
    }

    private void JudgePreen(VolumeImage theirs, bool theyGaveUp)
    {
        Preened = OwnRun.Of(Damaged, CheckMode.Preen);
        (int theirExit, string theirText) = stock.Preen(Damaged);
        bool weStop = Preened.Exit is not (Clean or Corrected), theyStop = theirExit is not (Clean or Corrected);
        // What -p leaves, as e2fsck does, both say again.
        bool isLeft = Preened.Result.Raised.Any(raised => ProblemTable.All.Single(row => row.Code == raised).Preen == PreenAction.Leave);
        if (!weStop && !isLeft && !Preened.After.Bytes.AsSpan().SequenceEqual(Repaired!.After.Bytes))
        {
            JudgeResult("-p", Preened, theirs, theyGaveUp);
        }
        if (weStop && !theyStop)
        {
            string code = Preened.Result.Raised.FirstOrDefault(raised => ProblemTable.All.Single(row => row.Code == raised).Preen is not (PreenAction.Repair or PreenAction.Leave)) ?? "nothing";
            Fail($"-p: ours stops at {code}, e2fsck repairs: {FirstComplaint(theirText)}", $"{Preened.Said}\n{theirText}");
        }
    }

    private void JudgeVerdict()
    {
        (int exit, string text) = stock.Look(Damaged);
        bool theyFind = exit != 0 || text.Contains("? no", StringComparison.Ordinal);
        // What weighs nothing in an exit code must be said all the same.
        if (theyFind && Looked!.Exit == Clean && (exit != 0 || Looked.Result.Raised.Count == 0))
        {
            Fail($"-n: ours finds nothing, e2fsck says {FirstComplaint(text)}", text);
        }
        else if (!theyFind && Looked!.Exit != Clean)
        {
            Fail($"-n: e2fsck finds nothing, ours says {Looked.Codes}", $"{Looked.Said}");
        }
        else if (exit is Clean or Left && Looked!.GaveUp)
        {
            Fail($"-n: ours gives up {Looked.Codes}, e2fsck does not", $"{Looked.Said}\n{text}");
        }
    }

    // Headings and the summary tell nothing.
    private static string FirstComplaint(string text)
    {
        string? line = text.Split('\n').FirstOrDefault(line =>
            line.Length > 0
            && !line.StartsWith("Pass ", StringComparison.Ordinal)
            && !line.StartsWith("e2fsck ", StringComparison.Ordinal)
            && !line.EndsWith(" blocks", StringComparison.Ordinal));
        return line is null ? "nothing" : Transcript.WithoutNumbers(line);
    }

    private void Fail(string kind, string text)
    {
        var failure = new FuzzFailure(kind, text);
        if (!DifferenceRules.Excuses(this, failure))
        {
            failures.Add(failure);
        }
    }
}
