using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount.OverlayMarks;

/// <summary>A piece of a listing, kept until the lock of the directory is free and its entries can be looked at.</summary>
internal sealed class CollectedSlots : SlotSink
{
    private const int Most = 256;

    private readonly List<CollectedSlot> slots = new(Most);

    /// <summary>What was taken.</summary>
    public IReadOnlyList<CollectedSlot> Slots => slots;

    /// <summary>There was more than there is room for.</summary>
    public bool IsFull => slots.Count == Most;

    /// <inheritdoc/>
    public override bool Add(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind, long nextCookie)
    {
        if (IsFull)
        {
            return false;
        }

        slots.Add(new CollectedSlot(name.ToArray(), slot, inode, kind, nextCookie));
        return true;
    }
}
