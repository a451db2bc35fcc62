using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The layers below a top, and the rule by which a union finds names in them: written again from its description, for a checker that called the union's own would
/// share its faults. Twins always accumulate; a layer's marks speak only for the names of its own directory.
/// </summary>
internal sealed class LowerStack
{
    // Far more than renaming makes. Origins forged in several layers could multiply each other's length.
    private const int MostSteps = 20_000;
    private const int KeptDirectories = 64;
    private readonly IReadOnlyList<LowerLayer> lowers;
    private readonly LowerNumbers numbers;
    private readonly Dictionary<(int Place, ulong Inode), LowerDirectory> open = [];
    private readonly Queue<(int Place, ulong Inode)> order = new();
    private int steps;

    public LowerStack(IReadOnlyList<LowerLayer> lowers, IReadOnlyList<RememberedLower> table)
    {
        this.lowers = lowers;
        numbers = new LowerNumbers(lowers, table);
    }

    public LowerNumbers Numbers => numbers;

    public LowerLayer LayerAt(int place) => lowers[place - 1];

    /// <summary>The roots of all layers below one; 0 is the top.</summary>
    public LowerTwin[] RootsBelow(int place)
    {
        var roots = new LowerTwin[lowers.Count - place];
        for (int i = 0; i < roots.Length; i++)
        {
            roots[i] = new LowerTwin(place + i + 1, lowers[place + i].Root);
        }
        return roots;
    }

    /// <summary>Reads a directory, or remembers it.</summary>
    public LowerDirectory Open(LowerTwin twin)
    {
        (int Place, ulong Inode) key = (twin.Place, twin.Node.Number);
        if (!open.TryGetValue(key, out LowerDirectory? found))
        {
            found = LayerAt(twin.Place).Open(twin.Node);
            open.Add(key, found);
            order.Enqueue(key);
            if (order.Count > KeptDirectories)
            {
                _ = open.Remove(order.Dequeue());
            }
        }
        return found;
    }

    /// <summary>Finds the highest object for a name in the twins from <paramref name="first"/> on.</summary>
    public bool TryFind(LowerTwin[] twins, int first, string name, out LowerFound found)
    {
        for (int i = first; i < twins.Length; i++)
        {
            LowerDirectory directory = Open(twins[i]);
            SlotKind slot = directory.TryFind(name, out LowerEntry entry) ? entry.Slot : SlotKind.Absent;
            if (slot == SlotKind.Inode)
            {
                found = new LowerFound(twins[i].Place, i, entry.Node);
                return true;
            }
            if (slot == SlotKind.Whiteout || (slot == SlotKind.Absent && directory.IsOpaque))
            {
                break;
            }
        }
        found = default;
        return false;
    }

    /// <summary>The twins of a directory that was found in a lower, itself the first.</summary>
    public LowerTwin[] TwinsOf(LowerTwin[] parent, string name, LowerFound found)
    {
        var twin = new LowerTwin(found.Place, found.Node);
        LowerDirectory directory = Open(twin);
        return [twin, .. TwinsBelow(parent, found.TwinIndex + 1, name, found.Place, directory.Origin, directory.OriginPath)];
    }

    /// <summary>The lower directories that one of layer <paramref name="place"/> (0: the top) merges, by its origin.</summary>
    public LowerTwin[] TwinsBelow(LowerTwin[] parent, int first, string name, int place, OriginKind origin, byte[] path)
    {
        switch (origin)
        {
            case OriginKind.None:
                return LowerTwin.None;
            case OriginKind.Redirect:
                return Resolve(place, path);
            default:
                // A file beneath a directory is ignored, and ends the walk.
                return TryFind(parent, first, name, out LowerFound below) && below.Node.Kind == InodeKind.Directory ? TwinsOf(parent, name, below) : LowerTwin.None;
        }
    }

    /// <summary>Forgets how many names the origins of one lookup have led through.</summary>
    public void BeginLookup() => steps = 0;

    // A redirect of a layer is a path in the merged view of those below it, so each one met on the way leads further down, and this ends.
    private LowerTwin[] Resolve(int place, byte[] path)
    {
        LowerTwin[] twins = RootsBelow(place);
        foreach (string name in Encoding.Latin1.GetString(path).Split('/', StringSplitOptions.None).Where(_ => path.Length != 0))
        {
            if (++steps > MostSteps || name is "" or "." or ".." || !TryFind(twins, 0, name, out LowerFound found) || found.Node.Kind != InodeKind.Directory)
            {
                return LowerTwin.None;
            }
            twins = TwinsOf(twins, name, found);
        }
        return twins;
    }
}
