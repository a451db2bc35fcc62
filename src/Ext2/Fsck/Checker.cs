using System.Globalization;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Checks and repairs a volume of ext2, union marks included. It reads the bytes itself and trusts no engine that may have written them.</summary>
public sealed class Checker
{
    // Each new beginning follows a repair, so few are ever needed; the bound is against a fault of our own.
    private const int MostBeginnings = 8;
    private static readonly string[] Headings =
    [
        "Pass 1: Checking inodes, blocks, and sizes", "Pass 2: Checking directory structure", "Pass 3: Checking directory connectivity",
        "Pass 4: Checking reference counts", "Pass 5: Checking group summary information",
    ];

    private readonly CheckOptions options;
    private readonly Reporter reporter;
    private readonly VolumeStore store;
    private readonly PassTimes times;
    // A wish of the command line could not be granted.
    private bool hasRefused;
    private bool hasMadeClean;
    private VolumeFigures? figures;
    private VolumeEnding? ending;

    private Checker(BlockDevice device, CheckOptions options, Interaction interaction)
    {
        this.options = options;
        reporter = new Reporter(options, interaction);
        store = new VolumeStore(device, reporter);
        times = new PassTimes(options.Times, store, reporter);
    }

    /// <summary>
    /// Runs a check. The caller has opened and locked the device: for writing unless the mode is <see cref="CheckMode.No"/>. Errors of the device
    /// and volumes that cannot be checked are in the exit code and the transcript.
    /// </summary>
    public static CheckResult Run(BlockDevice device, CheckOptions options, Interaction interaction)
    {
        var checker = new Checker(device, options, interaction);
        ExitCode exit = checker.RunGuarded();
        exit |= checker.hasMadeClean ? ExitCode.Corrected : ExitCode.Clean;
        return new CheckResult(exit, checker.reporter.Corrected, checker.reporter.Left, checker.Codes()) { Figures = checker.figures };
    }

    /// <summary>
    /// What a mount runs before it uses a volume that was not unmounted: the equivalent of -p. Nothing is done to a clean volume. The line says
    /// what was done; when <see cref="CheckResult.Left"/> is not 0 it says what to run by hand.
    /// </summary>
    public static CheckResult Preen(BlockDevice device, string name, out string line)
    {
        var options = new CheckOptions { Mode = CheckMode.Preen, Name = name };
        CheckResult result = Run(device, options, Interaction.Silent);
        bool isUsable = (result.Exit & ~ExitCode.Corrected) == ExitCode.Clean;
        line = !isUsable ? $"{name}: the volume is damaged; run: fsck.ext2u -f {name}"
            : result.Corrected == 0 ? $"{name}: was not unmounted cleanly; checked, nothing to repair"
            : string.Create(CultureInfo.InvariantCulture, $"{name}: was not unmounted cleanly; {result.Corrected} problems repaired");
        return result;
    }

    private string[] Codes() => [.. ProblemTable.All.Where(reporter.Raised.ContainsKey).Select(problem => problem.Code)];

    private ExitCode RunGuarded()
    {
        for (int beginning = 0; ; beginning++)
        {
            try
            {
                CheckVolume();
                return Outcome();
            }
            catch (CheckStopped stopped)
            {
                if (stopped.Reason != StopReason.Again || beginning == MostBeginnings)
                {
                    return Stopped(stopped.Reason);
                }
                reporter.Say("Beginning anew: what was repaired changes what was counted.");
            }
        }
    }

    private ExitCode Stopped(StopReason reason)
    {
        ExitCode exit = Outcome();
        switch (reason)
        {
            case StopReason.Cancelled:
                reporter.SayOfVolume("cancelled; run fsck.ext2u again.");
                return ExitCode.Cancelled | (store.HasWritten ? ExitCode.Corrected : ExitCode.Clean);
            case StopReason.NeedsPerson:
                // So that the next -p does not take for the trace of a crash what this one did not dare to repair. The code does not tell what was
                // repaired before: whoever reads it has to act, and e2fsck's says no more either.
                ending?.MarkErrors();
                return ExitCode.Left;
            default:
                return exit | ExitCode.Operational;
        }
    }

    private ExitCode Outcome() =>
        (reporter.Corrected + reporter.Wished != 0 ? ExitCode.Corrected : ExitCode.Clean) | (reporter.Left + reporter.Differences != 0 ? ExitCode.Left : ExitCode.Clean)
        | (hasRefused ? ExitCode.Operational : ExitCode.Clean);

    private void CheckVolume()
    {
        var pass0 = new Pass0Superblock(store, options, reporter);
        CheckedVolume volume = pass0.Open();
        bool wasUnclean = CleanState.IsUnclean(volume);
        if (!store.HasWritten)
        {
            // A backup never says that the volume is clean, and who needs one has more than a crash to repair.
            reporter.IsAfterCrash = volume.Superblock.State == (ushort)SuperblockState.None && !volume.IsHeaderChanged;
        }
        pass0.CheckHeader(volume);
        if (CleanState.MaySkip(volume, options, reporter))
        {
            figures = VolumeFigures.Of(volume, null);
            return;
        }
        ending = new VolumeEnding(volume);
        if (!store.HasWritten)
        {
            store.BeforeFirstWrite(() => ending.MarkUnclean(reporter.IsAfterCrash));
        }
        pass0.Check(volume);
        InodeFacts facts = RunPasses(volume);
        End(volume, ending, wasUnclean);
        bool isModified = store.HasWritten && reporter.Corrected + reporter.Wished + reporter.Compacted != 0;
        if (isModified && options.Mode != CheckMode.Preen)
        {
            reporter.Say("");
            reporter.SayOfVolume("***** FILE SYSTEM WAS MODIFIED *****");
        }
        if (reporter.Left != 0)
        {
            reporter.Say("");
            reporter.SayOfVolume("********** WARNING: problems are left **********");
        }
        figures = VolumeFigures.Of(volume, facts);
        Summary.Print(volume, reporter, facts);
        times.PrintTotal();
    }

    private InodeFacts RunPasses(CheckedVolume volume)
    {
        InodeFacts facts = Pass(0, () => Pass1Inodes.Run(volume, reporter));
        if (facts.SharedBlocks is not null)
        {
            Pass1SharedBlocks.Run(volume, reporter, facts);
        }
        ResizeInodeCheck.MakeRoot(volume, reporter, facts);
        Debug(1, facts);
        _ = Pass(1, () => Pass2Directories.Run(volume, reporter, facts));
        Debug(2, facts);
        LostAndFound lostAndFound = Pass(2, () => Pass3Connectivity.Run(volume, reporter, facts));
        hasRefused |= options.Lowers.Count != 0 && !LowerComparison.Run(volume, reporter, facts, lostAndFound, options.Lowers);
        hasRefused |= options.ClearMarks && !MarkRemoval.Run(volume, reporter, facts, lostAndFound);
        Debug(3, facts);
        _ = Pass(3, () => Pass4Links.Run(volume, reporter, facts, lostAndFound));
        Debug(4, facts);
        _ = Pass(4, () => Pass5Accounting.Run(volume, reporter, facts));
        Debug(5, facts);
        return facts;
    }

    private void Debug(int pass, InodeFacts facts) => options.Debug?.Invoke(string.Create(
        CultureInfo.InvariantCulture,
        $"pass {pass}: {facts.Directories.All.Length} directories, {facts.UsedBlocks.Count(0, facts.UsedBlocks.Length)} blocks in use{(facts.SharedBlocks is null ? "" : ", some of them shared")}, {reporter.Corrected} corrected, {reporter.Left} left; {store.BytesRead} bytes read, {store.BytesWritten} written, {GC.GetTotalMemory(false)} bytes of heap"));

    private bool Pass(int number, Action run) => Pass(number, () =>
    {
        run();
        return true;
    });

    private T Pass<T>(int number, Func<T> run)
    {
        if (options.Mode != CheckMode.Preen)
        {
            reporter.Say(Headings[number]);
        }
        times.Begin();
        T result = run();
        times.End(number + 1);
        return result;
    }

    // A check that is to write nothing writes nothing, not even that it was made.
    private void End(CheckedVolume volume, VolumeEnding ending, bool wasUnclean)
    {
        if (options.Mode == CheckMode.No)
        {
            return;
        }
        if (volume.AreBackupsStale)
        {
            ending.WriteBackups();
        }
        if (reporter.Left == 0)
        {
            // As e2fsck has it: that a volume says it is clean now is a correction, though nothing was wrong with it.
            hasMadeClean = wasUnclean;
            ending.WriteClean();
        }
        else if (volume.IsHeaderChanged || store.HasWritten)
        {
            var state = (SuperblockState)(ushort)volume.Superblock.State;
            volume.Superblock.State = (ushort)((state & ~SuperblockState.Clean) | SuperblockState.Errors);
            ending.WriteHeader();
        }
    }
}
