using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Ext2Union.Linux.Descriptors;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Fsck;

/// <summary>
/// -C of e2fsck(8): lines "PASS CUR MAX DEVICE" to a descriptor, or a bar on the terminal. SIGUSR1 begins, SIGUSR2 ends it, without -C as a bar.
/// </summary>
internal sealed class ProgressReport : IDisposable
{
    private const int SignalUser1 = 10;
    private const int SignalUser2 = 12;
    private const int LineWidth = 79;
    private const int LeastBarWidth = 10;
    private readonly string image;
    private readonly int descriptor;
    private readonly PosixSignalRegistration[] signals;
    private volatile bool isReporting;
    private readonly bool canShowBar;
    private bool hasBar;
    private (int Pass, long Mille) shown = (0, -1);

    public ProgressReport(string image, int? descriptor, bool isBarWanted)
    {
        canShowBar = isBarWanted && Terminal.IsSeen;
        this.image = image;
        this.descriptor = Math.Abs(descriptor ?? 0);
        isReporting = descriptor >= 0;
        signals =
        [
            PosixSignalRegistration.Create((PosixSignal)SignalUser1, context => Switch(context, true)),
            PosixSignalRegistration.Create((PosixSignal)SignalUser2, context => Switch(context, false)),
        ];
    }

    /// <summary>How far a pass (1..5) is. Costs nothing unless a thousandth of the pass has gone by.</summary>
    public void Show(int pass, long current, long maximum)
    {
        long mille = maximum == 0 ? 1000 : current * 1000 / maximum;
        if (!isReporting)
        {
            Clear();
            return;
        }
        if (shown == (pass, mille))
        {
            return;
        }
        shown = (pass, mille);
        if (descriptor == 0)
        {
            ShowBar(pass, mille);
            return;
        }
        string line = string.Create(CultureInfo.InvariantCulture, $"{pass} {current} {maximum} {image}\n");
        if (DescriptorCalls.WriteAll(descriptor, Encoding.UTF8.GetBytes(line)) != Errno.None)
        {
            // A reader that went away must not end the check.
            isReporting = false;
        }
    }

    /// <summary>Takes the bar off the line, before something else is printed there.</summary>
    public void Clear()
    {
        if (hasBar)
        {
            hasBar = false;
            Terminal.Write($"\r{new string(' ', LineWidth)}\r");
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Clear();
        Array.ForEach(signals, signal => signal.Dispose());
    }

    private void Switch(PosixSignalContext context, bool on)
    {
        context.Cancel = true;
        isReporting = on;
    }

    // Passes 1 and 2 take most of the time, in e2fsck's shares.
    private void ShowBar(int pass, long mille)
    {
        if (!canShowBar)
        {
            return;
        }
        ReadOnlySpan<int> ends = [0, 700, 900, 920, 950, 1000];
        long done = ends[pass - 1] + ((ends[pass] - ends[pass - 1]) * mille / 1000);
        int width = Math.Max(LeastBarWidth, LineWidth - image.Length - ": || 100.0%".Length);
        int filled = (int)(done * width / 1000);
        Terminal.Write($"\r{image}: |{new string('=', filled)}{new string(' ', width - filled)}| {done / 10}.{done % 10}%");
        hasBar = true;
        if (done == 1000)
        {
            Clear();
        }
    }
}
