using System.Diagnostics;
using System.Globalization;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// -t in the lines of e2fsck: memory (heap of the runtime and resident set; of the heap: in use, free), time (real, user, system) and I/O. Once:
/// at the end; twice: of each pass too.
/// </summary>
internal sealed class PassTimes(int level, VolumeStore store, Reporter reporter)
{
    private readonly Mark total = Mark.Now(store);
    private Mark pass;

    public void Begin() => pass = Mark.Now(store);

    public void End(int number)
    {
        if (level > 1)
        {
            Print(string.Create(CultureInfo.InvariantCulture, $"Pass {number}: "), pass);
        }
    }

    public void PrintTotal()
    {
        if (level > 0)
        {
            Print("", total);
        }
    }

    private void Print(string what, in Mark since)
    {
        Mark now = Mark.Now(store);
        GCMemoryInfo heap = GC.GetGCMemoryInfo();
        long inUse = GC.GetTotalMemory(false);
        long committed = Math.Max(heap.TotalCommittedBytes, inUse);
        double seconds = (now.Real - since.Real).TotalSeconds;
        double megabytes = (now.Bytes - since.Bytes) / (double)(1 << 20);
        reporter.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}Memory used: {committed >> 10}k/{Environment.WorkingSet >> 10}k ({inUse >> 10}k/{(committed - inUse) >> 10}k), time: {seconds,5:F2}/{(now.User - since.User).TotalSeconds,5:F2}/{(now.System - since.System).TotalSeconds,5:F2}"));
        reporter.Say(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}I/O read: {Megabytes(now.Read - since.Read)}MB, write: {Megabytes(now.Written - since.Written)}MB, rate: {(seconds == 0 ? 0 : megabytes / seconds):F2}MB/s"));
    }

    // Rounded up, as e2fsck does it: a pass that read anything has read a megabyte.
    private static long Megabytes(long bytes) => (bytes + (1 << 20) - 1) >> 20;

    private readonly record struct Mark(TimeSpan Real, TimeSpan User, TimeSpan System, long Read, long Written)
    {
        public long Bytes => Read + Written;

        public static Mark Now(VolumeStore store)
        {
            Environment.ProcessCpuUsage used = Environment.CpuUsage;
            return new Mark(Stopwatch.GetElapsedTime(0), used.UserTime, used.PrivilegedTime, store.BytesRead, store.BytesWritten);
        }
    }
}
