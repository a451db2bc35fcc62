using System.Diagnostics.CodeAnalysis;
using Ext2Union.BlockDevices;
using Ext2Union.BlockDevices.Undo;
using Ext2Union.Linux.Files;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Fsck;

/// <summary>-z: the file that takes what a check overwrites. Nothing that is there is overwritten by it, but a file without content, or an undo file without any.</summary>
internal sealed class UndoKeeping : IDisposable
{
    private const uint OwnerOnly = 0x180;
    private readonly string path;
    private readonly UndoLog log;

    private UndoKeeping(string path, UndoLog log, BlockDevice device)
    {
        this.path = path;
        this.log = log;
        Device = new UndoBlockDevice(device, log);
    }

    /// <summary>The device that the check writes to.</summary>
    public BlockDevice Device { get; }

    /// <summary>Makes the file. False: the sentence says why not.</summary>
    public static bool TryBegin(string path, BlockDevice device, [NotNullWhen(true)] out UndoKeeping? keeping, out string fault)
    {
        keeping = null;
        if (!IsFree(path, out fault))
        {
            return false;
        }
        // What a volume held is nobody else's to read.
        if (FileDescriptor.Open(path, OpenFlags.ReadWrite | OpenFlags.Create, OwnerOnly).TryGet(out FileDescriptor made, out _))
        {
            made.Dispose();
        }
        if (!FileBlockDevice.TryOpen(path, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out FileBlockDevice? storage, out OpenRefusal? refusal))
        {
            fault = $"-z: {refusal.Message}";
            return false;
        }
        Errno error = storage.SetLength(0);
        if (error != Errno.None || !UndoLog.Create(storage, device).TryGet(out UndoLog? log, out error))
        {
            storage.Dispose();
            File.Delete(path);
            fault = $"-z: {path} cannot be written ({error}); the volume was not touched";
            return false;
        }
        // The name must outlast a power failure too.
        if (FileDescriptor.Open(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/", OpenFlags.ReadOnly).TryGet(out FileDescriptor folder, out _))
        {
            _ = folder.SyncData();
            folder.Dispose();
        }
        keeping = new UndoKeeping(path, log, device);
        return true;
    }

    /// <summary>Ends the file; one that nothing had to be kept in goes. Returns the line that says what can be done with it, null without one.</summary>
    public string? End(string image)
    {
        if (log.IsDeviceUnreadable)
        {
            return $"{image} could not be read where it was to be repaired ({log.Failure}), so the repair was ended; look at it with badblocks(8), and undo what was done: fsck.ext2u --undo {path} {image}";
        }
        if (log.Failure != Errno.None)
        {
            return $"the undo file {path} could not be written ({log.Failure}), so the repair was ended; make room and undo what was done: fsck.ext2u --undo {path} {image}";
        }
        if (!log.HasRanges)
        {
            File.Delete(path);
            return null;
        }
        Errno error = log.Finish();
        return error == Errno.None ? $"This can be undone: fsck.ext2u --undo {path} {image}"
            : $"the undo file {path} could not be ended ({error}), but holds everything: fsck.ext2u --undo {path} {image}";
    }

    /// <inheritdoc/>
    public void Dispose() => log.Dispose();

    private static bool IsFree(string path, out string fault)
    {
        fault = "";
        if (!FileBlockDevice.TryOpen(path, DeviceAccess.ReadOnly, DeviceSharing.Shared, out FileBlockDevice? existing, out OpenRefusal? refusal))
        {
            fault = refusal.Error == Errno.ENOENT ? "" : $"-z: {refusal.Message}";
            return fault.Length == 0;
        }
        using (existing)
        {
            if (existing.Length == 0 && !existing.IsDeviceNode)
            {
                return true;
            }
            bool isUndo = UndoFile.TryOpen(existing, out UndoFile? file, out string why);
            fault = isUndo && file!.RangeCount == 0 ? ""
                : isUndo || why != "is no undo file of fsck.ext2u"
                ? $"-z: {path} is the undo file of an earlier check; name another one, or undo that one or remove it first"
                : $"-z: {path} is there and is no undo file; name another one";
        }
        return fault.Length == 0;
    }
}
