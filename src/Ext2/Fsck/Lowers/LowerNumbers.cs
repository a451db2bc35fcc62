using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Places in the stack by the numbers that tables of lowers give: that of the top, and those of lowers that were tops.</summary>
internal sealed class LowerNumbers
{
    private readonly List<(ushort Number, int Place)>[] tables;

    public LowerNumbers(IReadOnlyList<LowerLayer> lowers, IReadOnlyList<RememberedLower> table)
    {
        tables = new List<(ushort Number, int Place)>[lowers.Count + 1];
        tables[0] = RowsBelow(0, table, lowers);
        for (int place = 1; place <= lowers.Count; place++)
        {
            tables[place] = RowsBelow(place, lowers[place - 1].Lowers, lowers);
        }
        Strangers = [.. Enumerable.Range(1, lowers.Count).Where(place => !TryNumber(0, place, out _))];
        Missing = [.. table.Where(row => row.IsCurrent && row.Identity.Kind != LayerKind.Passing && !TryPlace(0, row.Number, out _))];
    }

    /// <summary>Lowers of the top's last stack that are not there.</summary>
    public IReadOnlyList<RememberedLower> Missing { get; }

    /// <summary>Places of lowers that the top does not know.</summary>
    public IReadOnlyList<int> Strangers { get; }

    /// <summary>The place of the lower that a layer (0: the top) calls <paramref name="number"/>.</summary>
    public bool TryPlace(int holder, ushort number, out int place)
    {
        place = tables[holder].Find(row => row.Number == number).Place;
        return place != 0;
    }

    /// <summary>What a layer calls a lower.</summary>
    public bool TryNumber(int holder, int place, out ushort number)
    {
        number = tables[holder].Find(row => row.Place == place).Number;
        return number != 0;
    }

    // Clones in one stack are told apart by their order.
    private static List<(ushort Number, int Place)> RowsBelow(int holder, IReadOnlyList<RememberedLower> table, IReadOnlyList<LowerLayer> lowers)
    {
        var known = new List<(ushort Number, int Place)>();
        foreach (RememberedLower row in table.OrderBy(row => holder == 0 ? row.Number : 0))
        {
            for (int place = holder + 1; place <= lowers.Count; place++)
            {
                if (lowers[place - 1].Identity.Equals(row.Identity) && !known.Exists(other => other.Place == place))
                {
                    known.Add((row.Number, place));
                    break;
                }
            }
        }
        return known;
    }
}
