using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>Events of a mount in the foreground.</summary>
internal sealed class StandardErrorLog : EventLog
{
    /// <inheritdoc/>
    public override void Report(string line) => Console.Error.Write($"mount.ext2u: {line}\n");
}
