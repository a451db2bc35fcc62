using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Layers by the numbers under which records know them (docs/FORMAT.md, "The table of lowers"), and by their place in the stack: 0 is the top, 1 the highest lower.
/// A number belongs to the top's table, so it does not depend on the order of the lowers; a former top among the lowers has a table of its own, by which its own
/// records are read.
/// </summary>
internal sealed class LayerNumbers
{
    /// <summary>The greatest number a lower can have.</summary>
    public const ushort Maximum = 0x7FFE;

    private readonly FileSystem? top;
    private readonly ushort[] numbers;
    private readonly Row[][] tables;
    private readonly bool[] holdsRecords;
    private List<RememberedLower> rows = [];
    private bool isStored = true;

    private LayerNumbers(FileSystem? top, int lowerCount)
    {
        this.top = top;
        numbers = new ushort[lowerCount + 1];
        tables = new Row[lowerCount + 1][];
        holdsRecords = new bool[lowerCount + 1];
    }

    /// <summary>
    /// Numbers the layers of a stack by the table that the top holds, and stores in it what is new. Errors: ESTALE with the <paramref name="missing"/> lower when the
    /// top was made over another one; EUCLEAN, EIO; EINVAL when the table is full.
    /// </summary>
    /// <param name="top">The top, if there is one.</param>
    /// <param name="lowers">The lowers, the highest first.</param>
    /// <param name="force">Whether lowers that the top remembers may be missing.</param>
    /// <param name="log">Where events are reported.</param>
    /// <param name="layers">The numbers.</param>
    /// <param name="missing">The lower that is missing, with ESTALE.</param>
    public static Errno Create(FileSystem? top, FileSystem[] lowers, bool force, EventLog log, out LayerNumbers layers, out RememberedLower? missing)
    {
        layers = new LayerNumbers(top, lowers.Length);
        missing = null;
        Errno error = top?.ReadLowers(layers.rows) ?? Errno.None;
        error = error == Errno.None ? layers.ReadFormerTops(lowers) : error;
        var places = new int[layers.rows.Count];
        if (error != Errno.None || !layers.Match(lowers, places))
        {
            return error == Errno.None ? Errno.EINVAL : error;
        }

        missing = layers.FindMissing(places);
        bool isVirgin = false;
        error = top is not null && Array.IndexOf(places, 0) >= 0 ? TopContent.IsVirgin(top, out isVirgin) : Errno.None;
        if (error != Errno.None || (missing is not null && !force && top is not null && !isVirgin))
        {
            return error == Errno.None ? Errno.ESTALE : error;
        }

        missing = null;
        layers.Number(lowers, places, keepsMissing: !isVirgin);
        layers.StoreAtMount(log);
        return Errno.None;
    }

    /// <summary>The number of a layer in the top's table, by its place in the stack; 0 is the top.</summary>
    public ushort Of(int place) => numbers[place];

    /// <summary>Whether copies on the top can be given records: a top that keeps no table has no numbers that would mean the same at the next mount.</summary>
    public bool KeepsRecords { get; private set; } = true;

    /// <summary>Whether inodes of a layer may hold records of copies.</summary>
    public bool HoldsRecords(int place) => holdsRecords[place];

    /// <summary>The place of the layer that inode numbers call <paramref name="number"/>. False: it is not in this stack.</summary>
    public bool TryPlaceOf(int number, out int place)
    {
        place = number == 0 ? 0 : Array.IndexOf(numbers, (ushort)number, 1);
        return place > 0 || (place == 0 && top is not null);
    }

    /// <summary>
    /// The place in this stack of the lower that a record held by a layer (itself by its place) calls <paramref name="number"/>. Always a greater place than the holder's.
    /// False: that lower is not in the stack.
    /// </summary>
    public bool TryPlace(int holder, ushort number, out int place)
    {
        foreach (Row row in tables[holder])
        {
            if (row.Number == number)
            {
                place = row.Place;
                return true;
            }
        }

        place = -1;
        return false;
    }

    /// <summary>What the table of a layer calls a layer below it. False: it does not know it.</summary>
    public bool TryNumber(int holder, int place, out ushort number)
    {
        foreach (Row row in tables[holder])
        {
            if (row.Place == place)
            {
                number = row.Number;
                return true;
            }
        }

        number = 0;
        return false;
    }

    /// <summary>
    /// Sees to it that the table is stored before a record names a number of it. Where there is no room for it, copies are made without records
    /// until there is. Errors: EIO, EROFS.
    /// </summary>
    public Errno EnsureStored()
    {
        if (!isStored)
        {
            Errno error = top!.StoreLowers(rows);
            if (error is not (Errno.None or Errno.EOPNOTSUPP or Errno.ENOSPC))
            {
                return error;
            }

            KeepsRecords = error == Errno.None;
            isStored = error != Errno.ENOSPC;
        }

        return Errno.None;
    }

    private void StoreAtMount(EventLog log)
    {
        if (top is not { IsReadOnly: false })
        {
            return;
        }

        Errno error = EnsureStored();
        if (error != Errno.None)
        {
            // Such a top can still be looked at.
            log.Report($"union: the top cannot note its lowers now ({error}); nothing can be copied to it before it can");
        }
        else if (!isStored)
        {
            log.Report($"union: the top has no room to note its {rows.Count} lowers; files are copied whole, and their numbers and links change with a remount");
        }
    }

    // A table's rows for layers that are in this stack, below the one that holds it.
    private static Row[] RowsBelow(int holder, List<RememberedLower> table, FileSystem[] lowers)
    {
        var known = new List<Row>();
        foreach (RememberedLower row in table)
        {
            int place = row.Number is 0 or > Maximum ? -1 : PlaceOf(row.Identity, lowers, holder, known);
            if (place > 0)
            {
                known.Add(new Row(row.Number, place));
            }
        }

        return [.. known];
    }

    // The highest layer below the holder with this identity that no other row stands for: clones in one stack are told apart by their order.
    private static int PlaceOf(LayerIdentity identity, FileSystem[] lowers, int holder, List<Row> taken)
    {
        for (int place = holder + 1; place <= lowers.Length; place++)
        {
            if (lowers[place - 1].Identity.Equals(identity) && !taken.Exists(row => row.Place == place))
            {
                return place;
            }
        }

        return -1;
    }

    private Errno ReadFormerTops(FileSystem[] lowers)
    {
        for (int place = 1; place <= lowers.Length; place++)
        {
            var table = new List<RememberedLower>();
            Errno error = lowers[place - 1].ReadLowers(table);
            if (error != Errno.None)
            {
                return error;
            }

            tables[place] = RowsBelow(place, table, lowers);
            holdsRecords[place] = table.Count > 0;
        }

        return Errno.None;
    }

    // Which place each row of the top's table stands for, 0 for none; rows are added for layers that are new.
    private bool Match(FileSystem[] lowers, int[] places)
    {
        rows.Sort((a, b) => a.Number.CompareTo(b.Number));
        Row[] known = RowsBelow(0, rows, lowers);
        for (int i = 0; i < places.Length; i++)
        {
            places[i] = Array.Find(known, row => row.Number == rows[i].Number).Place;
        }

        return rows.Count + lowers.Length <= Maximum;
    }

    private RememberedLower? FindMissing(int[] places)
    {
        for (int i = 0; i < places.Length; i++)
        {
            if (places[i] == 0 && rows[i].IsCurrent && rows[i].Identity.Kind != LayerKind.Passing)
            {
                return rows[i];
            }
        }

        return null;
    }

    // A virgin top holds no record that could name a row, so rows of lowers that are missing go.
    private void Number(FileSystem[] lowers, int[] places, bool keepsMissing)
    {
        var table = new List<RememberedLower>(rows.Count);
        for (int i = 0; i < places.Length; i++)
        {
            bool isCurrent = places[i] > 0;
            if (!isCurrent && !keepsMissing)
            {
                isStored = false;
                continue;
            }

            isStored &= isCurrent == rows[i].IsCurrent;
            table.Add(rows[i] with { IsCurrent = isCurrent });
            numbers[places[i]] = isCurrent ? rows[i].Number : numbers[places[i]];
        }

        ushort next = 1;
        for (int place = 1; place <= lowers.Length; place++)
        {
            if (numbers[place] == 0)
            {
                next = NextFree(table, next);
                numbers[place] = next;
                table.Add(new RememberedLower(next, lowers[place - 1].Identity, true));
                isStored = false;
            }
        }

        rows = table;
        tables[0] = [.. Enumerable.Range(1, lowers.Length).Select(place => new Row(numbers[place], place))];
        holdsRecords[0] = top is not null;
        isStored |= top is null or { IsReadOnly: true };
    }

    private static ushort NextFree(List<RememberedLower> table, ushort from)
    {
        ushort number = from;
        while (table.Exists(row => row.Number == number))
        {
            number++;
        }

        return number;
    }

    private readonly record struct Row(ushort Number, int Place);
}
