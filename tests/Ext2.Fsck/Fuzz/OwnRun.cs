using System.Diagnostics;
using Ext2Union.BlockDevices;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A run of our checker on a copy of a volume.</summary>
internal sealed record OwnRun(CheckResult Result, Transcript Said, VolumeImage After, TimeSpan Time, long AllocatedBytes)
{
    public int Exit => (int)Result.Exit;

    public bool GaveUp => (Result.Exit & ExitCode.Operational) != 0;

    public string Codes => string.Join(' ', Result.Raised);

    public static OwnRun Of(VolumeImage volume, CheckMode mode)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        var said = new Transcript();
        var options = new CheckOptions { Mode = mode, Force = true, Name = "test.img", Clock = Clock.Fixed(new Timestamp(SeededVolume.Now, 0)) };
        var watch = Stopwatch.StartNew();
        long before = GC.GetAllocatedBytesForCurrentThread();
        CheckResult result = Checker.Run(device, options, said);
        return new OwnRun(result, said, VolumeImage.Of(device), watch.Elapsed, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
