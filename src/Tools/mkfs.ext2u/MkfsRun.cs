using System.Runtime.InteropServices;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mkfs;

/// <summary>One run: everything that can be refused is refused before the first byte is written.</summary>
internal sealed class MkfsRun
{
    // Devices end at odd places; mke2fs leaves what does not fill a page.
    private const long PageBytes = 4096;

    private readonly Screen screen;
    private MkfsRequest request;

    public MkfsRun(MkfsRequest request)
    {
        this.request = request;
        screen = new Screen(request.Quiet, request.Verbose);
    }

    /// <summary>Answers why it failed in one sentence, or null.</summary>
    public string? Execute()
    {
        foreach (string note in request.Notes)
        {
            Console.Error.WriteLine($"mkfs.ext2u: {note}");
        }

        if (request.Tree is null)
        {
            return Make(null);
        }

        if (!TreeSource.TryOpen(request.Tree, out TreeSource? source, out string? refusal))
        {
            return $"-d: {refusal}";
        }

        using (source)
        {
            return source.Holds(request.Target)
                ? $"{request.Target} {(source.IsArchive ? "is" : "lies in")} {request.Tree}, which it shall be filled from; make it somewhere else"
                : Make(source);
        }
    }

    private string? Make(TreeSource? source)
    {
        if (File.Exists(request.Target) || Directory.Exists(request.Target))
        {
            return request.DryRun ? ShowOver() : MakeOver(source);
        }

        return request.Size is not null ? MakeNew(source)
            : source is null ? $"{request.Target} does not exist; give a size to make it, as in: mkfs.ext2u {request.Target} 1g"
            : FitToTree(source) ?? MakeNew(source);
    }

    // A new image for a tree is as large as the tree asks for.
    private string? FitToTree(TreeSource source)
    {
        string? refusal = source.TryFindSize(request.Format, out long size, out FormatOptions fitting);
        request = request with { Size = size, SizeIsInBlocks = false, Format = fitting };
        return refusal is null ? null : $"-d: {refusal}";
    }

    private string? MakeNew(TreeSource? source)
    {
        // The plan comes first: a wish that is refused leaves no file behind.
        if (Plan(null, out FormatPlan? plan, out long length) is { } refused)
        {
            return refused;
        }

        if (request.DryRun)
        {
            screen.Summary(plan!);
            return null;
        }

        screen.Line($"Creating regular file {request.Target}");
        if (!FileBlockDevice.TryCreate(request.Target, request.Offset + length, out FileBlockDevice? device, out OpenRefusal? refusal))
        {
            return refusal.Message;
        }

        string? failure = Write(device, plan!, length, source);
        if (failure is not null)
        {
            File.Delete(request.Target);
        }

        return failure;
    }

    private string? ShowOver()
    {
        if (!FileBlockDevice.TryOpen(request.Target, DeviceAccess.ReadOnly, DeviceSharing.Unlocked, out FileBlockDevice? device, out OpenRefusal? refusal))
        {
            return refusal.Message;
        }

        using (device)
        {
            string? failure = Plan(device, out FormatPlan? plan, out _);
            if (failure is null)
            {
                screen.Summary(plan!);
            }

            return failure;
        }
    }

    private string? MakeOver(TreeSource? source)
    {
        if (!FileBlockDevice.TryOpen(request.Target, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out FileBlockDevice? device, out OpenRefusal? refusal))
        {
            return refusal.Message;
        }

        string? failure = Plan(device, out FormatPlan? plan, out long length) ?? MayOverwrite(device);
        if (failure is null)
        {
            Errno error = device.Extend(request.Offset + length);
            failure = error == Errno.None ? null : $"{request.Target}: making it {request.Offset + length} bytes long failed: {Marshal.GetPInvokeErrorMessage((int)error)}";
        }

        if (failure is not null)
        {
            device.Dispose();
            return failure;
        }

        return Write(device, plan!, length, source);
    }

    private string? Plan(FileBlockDevice? device, out FormatPlan? plan, out long length)
    {
        plan = null;
        long available = device is null ? long.MaxValue : device.Length - request.Offset;
        length = request.Size is not long size ? available / PageBytes * PageBytes
            : request.SizeIsInBlocks ? size * request.Format.BlockBytes!.Value
            : size;
        if (length <= 0)
        {
            return request.Offset > 0
                ? $"-E offset: {request.Offset} lies behind the end of {request.Target} ({device?.Length} bytes)"
                : $"{request.Target} is empty; give a size, as in: mkfs.ext2u {request.Target} 1g";
        }

        if (length > available && device is { IsDeviceNode: true })
        {
            return $"SIZE: {length} bytes are more than {request.Target} has ({available})";
        }

        FormatOptions options = VolumeIdentity.Complete(request, length) with { SectorBytes = device?.SectorBytes ?? 512 };
        return FormatPlan.TryCreate(options, length, out plan, out FormatFault? fault) ? null : $"{request.Target}: {fault.Message}";
    }

    private string? MayOverwrite(FileBlockDevice device)
    {
        if (request.Force || Signatures.Find(device, request.Offset) is not { } found)
        {
            return null;
        }

        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            return $"{request.Target} contains {found}; run again with -F to overwrite it";
        }

        Console.Out.Write($"{request.Target} contains {found}\nProceed anyway? (y,N) ");
        return Console.In.ReadLine()?.Trim() is "y" or "Y" or "yes" ? null : "nothing was changed";
    }

    private string? Write(FileBlockDevice device, FormatPlan plan, long length, TreeSource? source)
    {
        screen.Summary(plan);
        BlockDevice target = request.Offset == 0 && length == device.Length ? device : new RangeBlockDevice(device, request.Offset, length);
        var options = new PopulateOptions { LatestTime = request.SourceDate, KeepRootOwner = request.HasRootOwner };
        FormatFault? unfilled = null;
        FormatFault? fault = Formatter.Format(target, plan, source is null ? null : volume => unfilled = source.Fill(volume, options, screen.Show), screen.Show);
        screen.Finish(isDone: fault is null);
        target.Dispose();
        return unfilled is not null ? $"{request.Target}: filling it from {source!.Name} failed, so there is no volume now: {unfilled.Message}" : fault?.Message;
    }
}
