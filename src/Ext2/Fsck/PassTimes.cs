using System.Diagnostics;
using System.Globalization;

namespace Ext2Union.Ext2.Fsck;

/// <summary>-t: how long each pass took and what memory it left in use.</summary>
internal sealed class PassTimes(bool isWanted, Reporter reporter)
{
    private readonly Stopwatch total = Stopwatch.StartNew();
    private readonly Stopwatch pass = new();

    public void Begin() => pass.Restart();

    public void End(int number) => Print($"Pass {number}", pass);

    public void PrintTotal() => Print("Total", total);

    private void Print(string what, Stopwatch watch)
    {
        if (isWanted)
        {
            long kilobytes = GC.GetTotalMemory(false) / 1024;
            reporter.Say(string.Create(CultureInfo.InvariantCulture, $"{what}: time: {watch.Elapsed.TotalSeconds:F2}, memory: {kilobytes}k"));
        }
    }
}
