namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>
/// In which block of a directory without an index a name may lie: <see cref="NameKey"/> to block, several blocks for one key where names collide. Open
/// addressing in one array, eight bytes a slot.
/// </summary>
internal sealed class NameTable
{
    private const uint Empty = 0;
    private const uint Removed = uint.MaxValue;

    // Key above, block + 1 below; the lower half tells empty and removed slots.
    private ulong[] slots = new ulong[256];
    private int used;
    private int live;

    /// <summary>Adds a name's place.</summary>
    public void Add(uint key, uint block)
    {
        if (used * 4 >= slots.Length * 3)
        {
            Rebuild();
        }

        int index = First(key);
        while ((uint)slots[index] != Empty)
        {
            index = (index + 1) & (slots.Length - 1);
        }

        slots[index] = ((ulong)key << 32) | (block + 1);
        used++;
        live++;
    }

    /// <summary>Removes one place of a key.</summary>
    public void Remove(uint key, uint block)
    {
        ulong wanted = ((ulong)key << 32) | (block + 1);
        for (int index = First(key); (uint)slots[index] != Empty; index = (index + 1) & (slots.Length - 1))
        {
            if (slots[index] == wanted)
            {
                slots[index] = Removed;
                live--;
                return;
            }
        }
    }

    /// <summary>The next block that may hold a name with this key. <paramref name="state"/> is 0 at first and carries the search on.</summary>
    public bool TryNext(uint key, ref int state, out uint block)
    {
        while (state < slots.Length)
        {
            ulong slot = slots[(First(key) + state) & (slots.Length - 1)];
            state++;
            if ((uint)slot == Empty)
            {
                break;
            }

            if ((uint)(slot >> 32) == key && (uint)slot != Removed)
            {
                block = (uint)slot - 1;
                return true;
            }
        }

        block = 0;
        return false;
    }

    private int First(uint key) => (int)(key & (uint)(slots.Length - 1));

    // Twice the size when names fill it, the same when removed slots do.
    private void Rebuild()
    {
        ulong[] old = slots;
        slots = new ulong[live * 2 >= old.Length ? old.Length * 2 : old.Length];
        used = 0;
        live = 0;
        foreach (ulong slot in old)
        {
            if ((uint)slot is not (Empty or Removed))
            {
                Add((uint)(slot >> 32), (uint)slot - 1);
            }
        }
    }
}
