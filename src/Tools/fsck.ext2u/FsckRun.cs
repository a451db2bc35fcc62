using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Fsck;
using Ext2Union.Linux.Descriptors;

namespace Ext2Union.Tools.Fsck;

/// <summary>Does what the command line asks for, and says in one line why when it cannot.</summary>
internal sealed class FsckRun(FsckRequest request) : IDisposable
{
    private readonly Cancellation cancellation = new();
    private readonly ProgressReport progress = new(request.Image, request.ProgressDescriptor, isBarWanted: !request.Json);
    private JsonReport? json;
    private CheckResult? result;
    private string? undo;

    /// <summary>Runs. Answers the exit status.</summary>
    public ExitCode Execute()
    {
        json = request.Json ? new JsonReport(request.Image, cancellation, progress) : null;
        ExitCode exit = Guarded(ExecuteNow);
        json?.Summarize(exit, result, undo);
        return exit;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        progress.Dispose();
        cancellation.Dispose();
    }

    // The barrier of the tool: a fault of our own is one line, and a volume that was being repaired stays marked as not clean.
    private ExitCode Guarded(Func<ExitCode> run)
    {
        try
        {
            return run();
        }
        catch (OutOfMemoryException)
        {
            return Fail(ExitCode.Operational, $"{request.Image}: there is not enough memory for it; run fsck.ext2u where there is more (ulimit -v, cgroup)");
        }
        catch (Exception fault)
        {
            return Fail(
                ExitCode.Operational,
                $"{request.Image}: a fault in fsck.ext2u itself ({fault.GetType().Name}: {fault.Message.ReplaceLineEndings(" ")}); keep a copy of the image and report it");
        }
    }

    private ExitCode ExecuteNow()
    {
        if (request.Undo)
        {
            return UndoRun.Execute(request.UndoFile!, request.Image, request.Force);
        }
        if (request.ProgressDescriptor is { } descriptor && descriptor != 0 && !DescriptorCalls.IsInherited(Math.Abs(descriptor)))
        {
            return Fail(ExitCode.Operational, $"-C: descriptor {Math.Abs(descriptor)} is not open");
        }
        if (request.Mode is null && !request.ListMarks && !Terminal.CanAsk)
        {
            return Fail(ExitCode.Operational, "a terminal is needed to ask questions; give -p, -n or -y");
        }
        CheckMode mode = request.Mode ?? (request.ListMarks ? CheckMode.No : CheckMode.Ask);
        bool isReader = mode == CheckMode.No;
        DeviceAccess access = isReader ? DeviceAccess.ReadOnly : DeviceAccess.ReadWrite;
        DeviceSharing sharing = isReader ? DeviceSharing.Shared : DeviceSharing.Exclusive;
        if (!FileBlockDevice.TryOpen(request.Image, access, sharing, out FileBlockDevice? device, out OpenRefusal? refusal))
        {
            return Fail(ExitCode.Operational, refusal.Message);
        }
        using (device)
        {
            if (request.ListMarks)
            {
                return MarkList.Print(device, request.Image, Terminal.WriteLine, Terminal.WriteError);
            }
            if (!LowerOpening.TryOpen(request.Lowers, request.Image, out LowerOpening lowers, out string? missing))
            {
                return Fail(ExitCode.Operational, missing);
            }
            using (lowers)
            {
                return request.UndoFile is { } undo ? CheckKeeping(device, mode, lowers.Layers, undo) : Check(device, mode, lowers.Layers);
            }
        }
    }

    private ExitCode CheckKeeping(FileBlockDevice device, CheckMode mode, IReadOnlyList<LowerLayer> lowers, string path)
    {
        if (!UndoKeeping.TryBegin(path, device, out UndoKeeping? keeping, out string fault))
        {
            return Fail(ExitCode.Operational, fault);
        }
        using (keeping)
        {
            // Also behind a fault: what was overwritten up to then can be given back.
            ExitCode exit = Guarded(() => Check(keeping.Device, mode, lowers));
            string? line = keeping.End(request.Image);
            undo = line is null ? null : path;
            if (line is not null && !request.Json)
            {
                Terminal.WriteLine(line);
            }
            return exit;
        }
    }

    private ExitCode Check(BlockDevice device, CheckMode mode, IReadOnlyList<LowerLayer> lowers)
    {
        Interaction interaction = json is null ? new TerminalInteraction(cancellation, progress) : json;
        result = Checker.Run(device, Options(mode, lowers), interaction);
        progress.Clear();
        return result.Exit;
    }

    private CheckOptions Options(CheckMode mode, IReadOnlyList<LowerLayer> lowers) => new()
    {
        Mode = mode,
        Force = request.Force,
        Verbose = request.Verbose,
        Times = request.Times,
        CompactDirectories = request.CompactDirectories,
        ClearMarks = request.Extended.ClearMarks,
        Lowers = lowers,
        SuperblockBlock = request.SuperblockBlock,
        BlockBytes = request.BlockBytes,
        Name = request.Image,
        Debug = request.Debug ? Terminal.WriteError : null,
    };

    private ExitCode Fail(ExitCode exit, string message)
    {
        Terminal.Complain(message);
        json?.Remark(message, message);
        return exit;
    }
}
