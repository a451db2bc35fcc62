namespace Ext2Union.Vfs;

/// <summary>Where a layer reports what a person should know: corruption met, policy taken, a bug caught. One line an event.</summary>
public abstract class EventLog
{
    /// <summary>Drops everything.</summary>
    public static EventLog Silent { get; } = new SilentLog();

    /// <summary>Reports one event. The line names the place (inode, block) and has no line break.</summary>
    public abstract void Report(string line);

    private sealed class SilentLog : EventLog
    {
        public override void Report(string line)
        {
        }
    }
}
