namespace Ext2Union.Tests.Support;

/// <summary>
/// Clean-up that happens once: when its owner is disposed, or when the test process ends before that (a time limit, Ctrl-C, a crash
/// of the runner). The newest goes first, so a mount is gone before the folder it lies in.
/// </summary>
public static class AtExit
{
    private static readonly Lock Gate = new();
    private static readonly List<Registration> Open = [];

    static AtExit() => AppDomain.CurrentDomain.ProcessExit += (_, _) => RunAll();

    /// <summary>Registers a clean-up.</summary>
    public static Registration Run(Action action)
    {
        var registration = new Registration(action);
        lock (Gate)
        {
            Open.Add(registration);
        }

        return registration;
    }

    private static void RunAll()
    {
        Registration[] left;
        lock (Gate)
        {
            left = [.. Open];
        }

        foreach (Registration registration in left.Reverse())
        {
            try
            {
                registration.RunNow();
            }
            catch (InvalidOperationException failure)
            {
                Console.Error.WriteLine("clean-up failed: " + failure.Message);
            }
        }
    }

    /// <summary>One registered clean-up.</summary>
    public sealed class Registration
    {
        private Action? action;

        internal Registration(Action action) => this.action = action;

        /// <summary>Does it, unless it was done.</summary>
        public void RunNow()
        {
            lock (Gate)
            {
                _ = Open.Remove(this);
            }

            Interlocked.Exchange(ref action, null)?.Invoke();
        }
    }
}
