using Ext2Union.BlockDevices;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// A repair with all its writes, and what an uninterrupted one makes of the volume: against that the next run after an interruption is judged. It ends in a sound
/// volume, without being told that it must check, and everything that the uninterrupted repair kept is there.
/// </summary>
internal sealed class InterruptedRepair : IDisposable
{
    private readonly RepairCase damaged;
    private readonly CheckMode mode;
    private readonly BlockDevice start;
    private readonly RecordingBlockDevice recording;
    private readonly TreeManifest before;
    private readonly TreeManifest wanted;
    private readonly string transcript;

    /// <summary>Repairs to the end, from a state that an interruption left or from the beginning.</summary>
    public InterruptedRepair(RepairCase damaged, CheckMode mode, BlockDevice? left = null)
    {
        this.damaged = damaged;
        this.mode = mode;
        start = left ?? damaged.Damaged.ToDevice();
        recording = new RecordingBlockDevice(new OverlayBlockDevice(start));
        CheckResult result = Judge.Run(recording, damaged.Options(mode), damaged.Refused, out transcript);
        IsFinished = (result.Exit & ~ExitCode.Corrected) == ExitCode.Clean && Judge.Check(recording, CheckMode.No, out _).Exit == ExitCode.Clean;
        before = TreeManifest.Of(damaged.Intact);
        wanted = IsFinished ? TreeManifest.Of(ImageOf(recording)) : before;
    }

    /// <summary>Nothing is left, so that an interruption can be judged at all.</summary>
    public bool IsFinished { get; }

    /// <summary>Writes and flushes.</summary>
    public int Count => recording.Count;

    /// <summary>Writes of more than one sector, which can be torn: their numbers from 1, and their sectors.</summary>
    public IEnumerable<(int Number, int Sectors)> Tearable => recording.Log()
        .Select((operation, index) => (Number: index + 1, Sectors: (int)(operation.Data.Length / RecordingBlockDevice.SectorBytes)))
        .Where(write => write.Sectors > 1);

    /// <summary>What was left.</summary>
    public BlockDevice Left(CrashState state) => state.Left(start, recording);

    /// <summary>Runs again over what was left, and says what is wrong then; null when nothing.</summary>
    public string? Judged(CrashState state, bool asksE2fsck)
    {
        BlockDevice left = Left(state);
        // Before the first flush nothing may have arrived, not even the mark that asks for a check.
        bool isUntouched = state.LossSeed != 0 && !recording.Log()[..state.Writes].Any(operation => operation.Operation == DeviceOperation.Flush);
        CheckResult next = Judge.Run(left, Next(mode, isUntouched), damaged.Refused, out string said);
        if (mode == CheckMode.Preen && state.LossSeed != 0 && (next.Exit & ExitCode.Left) != 0)
        {
            // What a power failure tore may be for a person to decide.
            next = Judge.Run(left, Next(CheckMode.Yes, isUntouched), damaged.Refused, out said);
        }
        string what = $"===== {damaged.Name} {mode}: {state} of {recording.Count}";
        if ((next.Exit & ~ExitCode.Corrected) != ExitCode.Clean)
        {
            return $"{what}: the next run ends with {next.Exit}\n{transcript}\n--- next\n{said}";
        }
        CheckResult last = Judge.Check(left, CheckMode.No, out string silent);
        if (last.Exit != ExitCode.Clean)
        {
            return $"{what}: the run behind it is not silent\n{transcript}\n--- next\n{said}\n--- behind it\n{silent}";
        }
        VolumeImage image = ImageOf(left);
        TreeManifest found = TreeManifest.Of(image);
        List<TreeLoss> losses = new TreeComparison(before, damaged.Damaged, wanted, found).Run();
        IEnumerable<TreeName> marks = wanted.Marks.Except(found.Marks);
        if (losses.Count != 0 || marks.Any())
        {
            return $"{what}: {string.Join("; ", losses.Select(loss => loss.ToString()).Concat(marks.Select(mark => $"mark {mark} is lost")))}\n{transcript}\n--- next\n{said}";
        }
        return asksE2fsck && Judge.E2fsckSays(image) is { } complaint && IsE2fsckContent() ? $"{what}: e2fsck is not content\n{transcript}\n--- next\n{said}\n--- e2fsck\n{complaint}" : null;
    }

    // -p leaves some things that e2fsck would ask about.
    private bool IsE2fsckContent() => Judge.E2fsckSays(wanted.Image) is null;

    public void Dispose()
    {
        recording.Dispose();
        start.Dispose();
    }

    // Without -f: an interrupted run that wrote anything must have left the mark that asks for a check.
    private CheckOptions Next(CheckMode how, bool force)
    {
        CheckOptions options = damaged.Options(how);
        return new CheckOptions
        {
            Mode = options.Mode,
            Force = force,
            CompactDirectories = options.CompactDirectories,
            ClearMarks = options.ClearMarks,
            Lowers = options.Lowers,
            SuperblockBlock = options.SuperblockBlock,
            BlockBytes = options.BlockBytes,
            Name = options.Name,
            Clock = options.Clock,
        };
    }

    private static VolumeImage ImageOf(BlockDevice device)
    {
        byte[] bytes = new byte[device.Length];
        Assert.Equal(Vfs.Errno.None, device.Read(0, bytes));
        return new VolumeImage(bytes);
    }
}
