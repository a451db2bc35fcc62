namespace Ext2Union.Ext2.Storage;

/// <summary>
/// The demands "this directory block before that one" between dirty blocks, kept as edges and as levels: a block's level is above that of all
/// that must precede it. A demand that would close a circle, or reach too far, is refused; its asker writes everything back first.
/// </summary>
internal sealed class WriteOrder
{
    // Each level costs a barrier, and each demand may walk what hangs below it: both stay small whatever the workload does.
    private const int MaximumLevel = 16;
    private const int MaximumSteps = 128;

    private readonly List<(int Target, int Next)> edges = [];
    private int steps;

    /// <summary>Records a demand. False: it contradicts earlier ones, or costs too much.</summary>
    internal bool TryAdd(SlotPool slots, int first, int then)
    {
        steps = 0;
        for (int edge = slots.State(first).FirstEdge; edge >= 0; edge = edges[edge].Next)
        {
            if (edges[edge].Target == then)
            {
                return true;
            }

            if (++steps > MaximumSteps)
            {
                return false;
            }
        }

        if (!CanRaise(slots, then, slots.State(first).Level + 1, first))
        {
            return false;
        }

        Raise(slots, then, slots.State(first).Level + 1);
        edges.Add((then, slots.State(first).FirstEdge));
        slots.State(first).FirstEdge = edges.Count - 1;
        return true;
    }

    /// <summary>The block was written or dropped: what had to wait for it need not.</summary>
    internal void Remove(SlotPool slots, int slot)
    {
        slots.State(slot).FirstEdge = -1;
        slots.State(slot).Level = 0;
    }

    /// <summary>Everything was written.</summary>
    internal void Clear() => edges.Clear();

    private bool CanRaise(SlotPool slots, int slot, int level, int origin)
    {
        if (slot == origin || level > MaximumLevel || ++steps > MaximumSteps)
        {
            return false;
        }

        // Also a block that is high enough is walked through: the circle may close behind it.
        for (int edge = slots.State(slot).FirstEdge; edge >= 0; edge = edges[edge].Next)
        {
            if (!CanRaise(slots, edges[edge].Target, Math.Max(level, slots.State(slot).Level) + 1, origin))
            {
                return false;
            }
        }

        return true;
    }

    private void Raise(SlotPool slots, int slot, int level)
    {
        if (slots.State(slot).Level >= level)
        {
            return;
        }

        slots.State(slot).Level = level;
        for (int edge = slots.State(slot).FirstEdge; edge >= 0; edge = edges[edge].Next)
        {
            Raise(slots, edges[edge].Target, level + 1);
        }
    }
}
