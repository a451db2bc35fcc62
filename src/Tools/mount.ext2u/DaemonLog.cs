using Ext2Union.Linux.Processes;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>Events of a daemon go to the system's log.</summary>
internal sealed class DaemonLog : EventLog
{
    /// <inheritdoc/>
    public override void Report(string line) => SystemLog.Warn(line);
}
