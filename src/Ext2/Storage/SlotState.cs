namespace Ext2Union.Ext2.Storage;

/// <summary>What the cache knows of one buffer.</summary>
internal struct SlotState
{
    /// <summary>The block in it.</summary>
    public uint Block;
    /// <summary>Leases held.</summary>
    public int Pins;
    /// <summary>Next slot of the same hash bucket, or of the free list; -1 ends it.</summary>
    public int Next;
    /// <summary>First of the edges that leave this block (<see cref="WriteOrder"/>), or -1.</summary>
    public int FirstEdge;
    /// <summary>Rank among dirty blocks of the last stage: lower ones are written first.</summary>
    public int Level;
    /// <summary>When it is written.</summary>
    public WriteStage Stage;
    /// <summary>Content differs from the device.</summary>
    public bool IsDirty;
    /// <summary>Used since the clock's hand came by.</summary>
    public bool WasUsed;
    /// <summary>What the owner proved of the content.</summary>
    public byte Proofs;
    /// <summary>Whether a block is in it.</summary>
    public bool IsUsed;
}
