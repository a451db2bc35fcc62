using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Ext2Union.Ext2.Fsck;
using Microsoft.Win32.SafeHandles;

namespace Ext2Union.Tools.Fsck;

/// <summary>Transcript on standard output, questions at the terminal, progress where -C asked for it, and Ctrl-C.</summary>
internal sealed class TerminalInteraction : Interaction, IDisposable
{
    private const int SignalUser1 = 10;
    private const int BarWidth = 40;
    private readonly string image;
    private readonly List<PosixSignalRegistration> signals = [];
    private readonly Stream? progress;
    private readonly bool isBar;
    private volatile bool isCancelled;
    private volatile bool isAsking;
    private volatile bool isReporting;
    private (int Pass, long Mille) shown = (0, -1);

    public TerminalInteraction(string image, int? progressDescriptor)
    {
        this.image = image;
        foreach (PosixSignal signal in (PosixSignal[])[PosixSignal.SIGINT, PosixSignal.SIGTERM])
        {
            signals.Add(PosixSignalRegistration.Create(signal, Cancel));
        }
        if (progressDescriptor is { } descriptor)
        {
            isBar = descriptor == 0;
            isReporting = descriptor >= 0;
            if (descriptor < 0)
            {
                signals.Add(PosixSignalRegistration.Create((PosixSignal)SignalUser1, StartReporting));
            }
            // The descriptor is the caller's: it is not closed, and a caller that closed it must not end the check.
            var handle = new SafeFileHandle(isBar ? 1 : Math.Abs(descriptor), false);
            progress = OpenDescriptor(handle);
        }
    }

    /// <inheritdoc/>
    public override bool CancelRequested => isCancelled;

    /// <inheritdoc/>
    public override void Line(string text) => Console.Out.WriteLine(text);

    /// <inheritdoc/>
    public override Answer Ask(string text)
    {
        while (true)
        {
            Console.Out.Write($"{text} <y/n/a> ");
            isAsking = true;
            string? line = Console.In.ReadLine();
            isAsking = false;
            if (line is null)
            {
                isCancelled = true;
                return Answer.No;
            }
            switch (line.Trim().ToLowerInvariant())
            {
                case "y" or "yes":
                    return Answer.Yes;
                case "n" or "no":
                    return Answer.No;
                case "a":
                    return Answer.YesToAll;
            }
        }
    }

    /// <inheritdoc/>
    public override void Progress(int pass, long current, long maximum)
    {
        long mille = maximum == 0 ? 1000 : current * 1000 / maximum;
        if (!isReporting || progress is null || shown == (pass, mille))
        {
            return;
        }
        shown = (pass, mille);
        string text = isBar ? Bar(pass, mille) : string.Create(CultureInfo.InvariantCulture, $"{pass} {current} {maximum} {image}\n");
        try
        {
            progress.Write(Encoding.UTF8.GetBytes(text));
            progress.Flush();
        }
        catch (IOException)
        {
            isReporting = false;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => signals.ForEach(signal => signal.Dispose());

    private static FileStream? OpenDescriptor(SafeFileHandle handle)
    {
        try
        {
            return new FileStream(handle, FileAccess.Write, 0);
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    // Passes 1 and 2 take most of the time, in e2fsck's shares.
    private string Bar(int pass, long mille)
    {
        ReadOnlySpan<int> ends = [0, 700, 900, 920, 950, 1000];
        long done = ends[pass - 1] + ((ends[pass] - ends[pass - 1]) * mille / 1000);
        int filled = (int)(done * BarWidth / 1000);
        string bar = $"\r{image}: |{new string('=', filled)}{new string(' ', BarWidth - filled)}| {done / 10}.{done % 10}%";
        return done == 1000 ? $"\r{new string(' ', bar.Length)}\r" : bar;
    }

    private void StartReporting(PosixSignalContext context)
    {
        context.Cancel = true;
        isReporting = true;
    }

    private void Cancel(PosixSignalContext context)
    {
        context.Cancel = true;
        isCancelled = true;
        if (isAsking)
        {
            // Nothing is under way while a question waits, and the read for its answer cannot be called back.
            Environment.Exit((int)ExitCode.Cancelled);
        }
    }
}
