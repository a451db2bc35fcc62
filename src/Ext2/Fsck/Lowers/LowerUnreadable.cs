namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// A lower cannot be read, or is damaged: nothing that was seen of it can be trusted. Thrown from any depth of a walk, as <see cref="CheckStopped"/> is from a pass,
/// and caught where the lowers are compared; what was found until then is dropped, and nothing was changed.
/// </summary>
public sealed class LowerUnreadable(string message) : Exception(message);
