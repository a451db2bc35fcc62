namespace Ext2Union.Vfs;

/// <summary>Takes the slots of a layer's directory, marks included. The counterpart of <see cref="DirectorySink"/> for a union.</summary>
public abstract class SlotSink
{
    /// <summary>
    /// Offers one slot; number and kind are zero for a mark. <paramref name="nextCookie"/> continues behind it. False: it was not taken, stop here.
    /// Must not call back into the directory: its lock is held.
    /// </summary>
    public abstract bool Add(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind, long nextCookie);
}
