namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Leaves the passes from any depth. The project's rule is errors as values; a checker may have to end at every single read, question and
/// repair, and a value handed through each of them would hide the passes behind their error paths. Caught in <see cref="Checker"/> and
/// nowhere else; the store writes nothing once it was thrown.
/// </summary>
internal sealed class CheckStopped(StopReason reason) : Exception
{
    public StopReason Reason { get; } = reason;
}
