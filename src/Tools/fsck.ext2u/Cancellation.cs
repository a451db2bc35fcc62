using System.Runtime.InteropServices;

namespace Ext2Union.Tools.Fsck;

/// <summary>
/// SIGINT, SIGTERM and SIGHUP end the check at its next question, repair or step of progress, in a state that the next run repairs. One that comes
/// again changes nothing: the end is on its way, and what is being written is finished.
/// </summary>
internal sealed class Cancellation : IDisposable
{
    private readonly ManualResetEvent requested = new(false);
    private readonly PosixSignalRegistration[] signals;

    public Cancellation() => signals =
    [
        PosixSignalRegistration.Create(PosixSignal.SIGINT, Request),
        PosixSignalRegistration.Create(PosixSignal.SIGTERM, Request),
        PosixSignalRegistration.Create(PosixSignal.SIGHUP, Request),
    ];

    /// <summary>Whether one came.</summary>
    public bool IsRequested { get; private set; }

    /// <summary>Waits until one comes or the task ends. True: the task ended.</summary>
    public bool Await(Task task) => WaitHandle.WaitAny([requested, ((IAsyncResult)task).AsyncWaitHandle]) == 1;

    /// <summary>As if a signal had come: nobody is there to answer.</summary>
    public void Request()
    {
        IsRequested = true;
        _ = requested.Set();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Array.ForEach(signals, signal => signal.Dispose());
        requested.Dispose();
    }

    private void Request(PosixSignalContext context)
    {
        context.Cancel = true;
        Request();
    }
}
