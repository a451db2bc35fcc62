using System.Diagnostics;
using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Finds objects whose number does not tell where they stand, for handles that outlived the daemon that gave them out: files that lie in a lower, copies that are
/// numbered like their source, directories that were moved, everything of a host's directory. The union is walked once, as a listing shows it and without writing; what
/// number was seen in which directory is remembered in sorted arrays, 16 bytes a name. It is walked again only when names have moved since, or can move behind our back, and
/// then not oftener than every ten times what a walk takes: a client that makes handles up cannot keep the union busy.
/// </summary>
internal sealed class PlaceSearch(UnionFileSystem union)
{
    private readonly RankedLock gate = new(LockRank.PlaceSearch);
    private ulong[] numbers = [];
    private ulong[] parents = [];
    private long walkedAt;
    private long walkTook;
    private bool isWalked;
    private int isStale;

    /// <summary>A name has come to stand elsewhere. Called without locks of its own, so it costs nothing.</summary>
    public void NoteMove() => Volatile.Write(ref isStale, 1);

    /// <summary>Finds an object. Hands out a reference. Errors: ESTALE. Requires: the tree lock is not held.</summary>
    public Result<Inode> Find(ulong number)
    {
        using (gate.Enter())
        {
            Result<Inode> found = Locate(number);
            if (!found.TryGet(out _, out _) && MayWalk())
            {
                Walk();
                found = Locate(number);
            }

            return found;
        }
    }

    private bool MayWalk()
    {
        bool isDue = !isWalked || !union.IsExclusive || Volatile.Read(ref isStale) != 0;
        return isDue && (!isWalked || Stopwatch.GetTimestamp() - walkedAt > 10 * walkTook);
    }

    private void Walk()
    {
        Volatile.Write(ref isStale, 0);
        long begun = Stopwatch.GetTimestamp();
        (numbers, parents) = PlaceWalk.Run(union);
        (isWalked, walkedAt) = (true, Stopwatch.GetTimestamp());
        walkTook = walkedAt - begun;
    }

    // A file with several names was seen in several directories, and some of them may be gone.
    private Result<Inode> Locate(ulong number)
    {
        for (int i = FirstOf(number); i < numbers.Length && numbers[i] == number; i++)
        {
            if (Descend(WayTo(parents[i]), number).TryGet(out Inode found, out _))
            {
                return found;
            }
        }

        return Errno.ESTALE;
    }

    // The directories from the first that is found by its number alone (the root is) down to the one asked for. A damaged lower can name one twice, so it is counted.
    private Stack<ulong> WayTo(ulong directory)
    {
        var way = new Stack<ulong>();
        way.Push(directory);
        for (int i = FirstOf(directory); i < numbers.Length && numbers[i] == directory && way.Count <= numbers.Length; i = FirstOf(directory))
        {
            directory = parents[i];
            way.Push(directory);
        }

        return way;
    }

    private Result<Inode> Descend(Stack<ulong> way, ulong number)
    {
        Inode? reached = null;
        while (way.TryPop(out ulong next))
        {
            Result<Inode> step = union.FindByNumber(next);
            step = !step.TryGet(out _, out _) && reached is not null ? Enter(reached, next) : step;
            reached?.Release();
            if (!step.TryGet(out reached, out _))
            {
                return Errno.ESTALE;
            }
        }

        Result<Inode> found = Enter(reached!, number);
        reached!.Release();
        return found;
    }

    private Result<Inode> Enter(Inode inode, ulong number)
    {
        using (union.Tree.Enter())
        {
            if (inode is not UnionDirectory directory)
            {
                return Errno.ESTALE;
            }

            var search = new NameOf(number);
            if (Listing.Look(directory, search) != Errno.None || search.Name is null || !NameLookup.Find(directory, search.Name).TryGet(out Inode found, out _))
            {
                return Errno.ESTALE;
            }

            if (found.Number == number)
            {
                return found;
            }

            found.Release();
            return Errno.ESTALE;
        }
    }

    private int FirstOf(ulong number)
    {
        int low = 0;
        for (int high = numbers.Length; low < high;)
        {
            int middle = (low + high) >>> 1;
            (low, high) = numbers[middle] < number ? (middle + 1, high) : (low, middle);
        }

        return low;
    }
}
