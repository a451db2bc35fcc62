using System.Globalization;
using Ext2Union.BlockDevices;
using Ext2Union.BlockDevices.Undo;
using Ext2Union.Ext2.Fsck;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Fsck;

/// <summary>--undo: gives a volume back what a check with -z overwrote.</summary>
internal static class UndoRun
{
    /// <summary>Runs. <paramref name="force"/> overrules what speaks against it, but not a file that is damaged.</summary>
    public static ExitCode Execute(string path, string image, bool force)
    {
        if (!FileBlockDevice.TryOpen(path, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out FileBlockDevice? storage, out OpenRefusal? refusal))
        {
            return Fail(refusal.Message);
        }
        using (storage)
        {
            if (!UndoFile.TryOpen(storage, out UndoFile? file, out string fault))
            {
                return Fail($"{path} {fault}");
            }
            return FileBlockDevice.TryOpen(image, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out FileBlockDevice? device, out refusal)
                ? UndoOn(device, file, path, force) : Fail(refusal.Message);
        }
    }

    private static ExitCode UndoOn(FileBlockDevice device, UndoFile file, string path, bool force)
    {
        using (device)
        {
            if (device.Length > file.DeviceLength)
            {
                // No repair makes a volume longer, so this is another one: cutting it off would be damage that nothing undoes.
                return Fail($"{device.Name} is longer than what {path} was made for ({device.Length} bytes, not {file.DeviceLength}); nothing was done to it");
            }
            if (file.Objection(device) is { } objection)
            {
                if (!force)
                {
                    return Fail($"{path} {objection}; nothing was done to {device.Name}. -f does it all the same");
                }
                Terminal.Complain($"{path} {objection}; done all the same");
            }
            Errno error = device.SetLength(file.DeviceLength);
            error = error == Errno.None ? file.Undo(device) : error;
            if (error != Errno.None)
            {
                return Fail($"{device.Name} could not be written ({error}); run it again: fsck.ext2u --undo {path} {device.Name}");
            }
            Terminal.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{device.Name}: is as it was before the check ({file.RangeCount} ranges, {file.RangeBytes} bytes written back)"));
            return ExitCode.Clean;
        }
    }

    private static ExitCode Fail(string message)
    {
        Terminal.Complain(message);
        return ExitCode.Operational;
    }
}
