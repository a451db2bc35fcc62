using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Stock e2fsck on volumes that lie in memory. Without a shell, and with the clock of the seeded volumes, so that a case is the same every time.</summary>
internal sealed class StockChecker : IDisposable
{
    private const int MostRuns = 3;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private readonly ScratchDirectory scratch = ScratchDirectory.InMemory("fuzz");

    /// <summary>e2fsck -fn: what it says, and its exit code.</summary>
    public (int Exit, string Text) Look(VolumeImage volume) => Run(volume, "-fn", out _);

    /// <summary>e2fsck -fp, and what it makes of the volume.</summary>
    public (int Exit, string Text) Preen(VolumeImage volume) => Run(volume, "-fp", out _);

    /// <summary>e2fsck -fy, again as long as it says that something is left: it now and then needs a second run.</summary>
    public (int Exit, string Text) Repair(VolumeImage volume, out VolumeImage repaired)
    {
        repaired = volume;
        string text = "";
        int exit = 0;
        for (int run = 0; run < MostRuns; run++)
        {
            (exit, string said) = Run(repaired, "-fy", out repaired);
            text += said;
            if ((exit & 4) == 0)
            {
                break;
            }
        }
        return (exit, text);
    }

    public void Dispose() => scratch.Dispose();

    private (int Exit, string Text) Run(VolumeImage volume, string option, out VolumeImage after)
    {
        string image = scratch["stock.img"];
        volume.Save(image);
        E2fsck.ClearMarkFeatures(image);
        var start = new ProcessStartInfo("/sbin/e2fsck");
        start.Environment["E2FSCK_TIME"] = $"{SeededVolume.Now}";
        try
        {
            ProcessResult result = ProcessRunner.Run(start, [option, image], null, Limit);
            after = option == "-fn" ? volume : VolumeImage.Load(image);
            return (result.ExitCode, result.Output.Replace(image, "test.img", StringComparison.Ordinal));
        }
        catch (TimeoutException)
        {
            // It has loops of its own; then there is nothing to compare with.
            after = volume;
            return (8, "e2fsck did not end");
        }
    }
}
