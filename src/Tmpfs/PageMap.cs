namespace Ext2Union.Tmpfs;

/// <summary>
/// Which page of the store holds which page of a file: a radix tree that grows with the highest page in use, so that a file of
/// one page and a sparse file of exabytes both cost what they hold. Guarded by the file system's lock.
/// </summary>
internal sealed class PageMap
{
    private const int Bits = 6;
    private const int FanOut = 1 << Bits;

    private Node? root;
    // The tree covers file pages below FanOut^(height); 0 when there is none.
    private int height;

    /// <summary>Pages held.</summary>
    public long Count => root?.Count ?? 0;

    /// <summary>The store's page of a file page, or 0 for a hole.</summary>
    public int this[long filePage]
    {
        get
        {
            if (root is null || filePage >> (height * Bits) != 0)
            {
                return 0;
            }

            Node? node = root;
            for (int level = height - 1; level > 0; level--)
            {
                node = node.Children![(int)(filePage >> (level * Bits)) & (FanOut - 1)];
                if (node is null)
                {
                    return 0;
                }
            }

            return node.Pages![(int)filePage & (FanOut - 1)];
        }
    }

    /// <summary>Fills a hole.</summary>
    public void Add(long filePage, int page)
    {
        while (root is null || filePage >> (height * Bits) != 0)
        {
            Grow();
        }

        Node node = root;
        for (int level = height - 1; level > 0; level--)
        {
            node.Count++;
            ref Node? child = ref node.Children![(int)(filePage >> (level * Bits)) & (FanOut - 1)];
            node = child ??= new Node(isLeaf: level == 1);
        }

        node.Count++;
        node.Pages![(int)filePage & (FanOut - 1)] = page;
    }

    /// <summary>Makes holes of the file pages from <paramref name="first"/> up to, without, <paramref name="end"/>; their pages go back.</summary>
    public void RemoveRange(long first, long end, PageStore store)
    {
        if (root is not null && first < end)
        {
            Remove(root, height - 1, 0, first, end, store);
            if (root.Count == 0)
            {
                root = null;
                height = 0;
            }
        }
    }

    /// <summary>The first file page from here on that is no hole, or -1.</summary>
    public long FindData(long filePage) => root is null ? -1 : FindData(root, height - 1, 0, filePage);

    /// <summary>The first file page from here on that is a hole.</summary>
    public long FindHole(long filePage) => root is null ? filePage : FindHole(root, height - 1, 0, filePage);

    /// <summary>File pages in a range that are no holes.</summary>
    public long CountIn(long first, long end) => root is null ? 0 : CountIn(root, height - 1, 0, first, end);

    private static long Span(int level) => 1L << (level * Bits);

    private void Grow()
    {
        if (root is null)
        {
            root = new Node(isLeaf: true);
            height = 1;
            return;
        }

        Node above = new(isLeaf: false) { Count = root.Count };
        above.Children![0] = root;
        root = above;
        height++;
    }

    private static void Remove(Node node, int level, long start, long first, long end, PageStore store)
    {
        for (int slot = SlotAt(level, start, first); slot < FanOut && start + slot * Span(level) < end; slot++)
        {
            if (level == 0)
            {
                if (node.Pages![slot] is var page and not 0)
                {
                    store.Return(page);
                    node.Pages[slot] = 0;
                    node.Count--;
                }
            }
            else if (node.Children![slot] is { } child)
            {
                long before = child.Count;
                Remove(child, level - 1, start + slot * Span(level), first, end, store);
                node.Count -= before - child.Count;
                if (child.Count == 0)
                {
                    node.Children[slot] = null;
                }
            }
        }
    }

    private static long FindData(Node node, int level, long start, long from)
    {
        for (int slot = SlotAt(level, start, from); slot < FanOut; slot++)
        {
            long at = start + slot * Span(level);
            if (level == 0)
            {
                if (node.Pages![slot] != 0)
                {
                    return at;
                }
            }
            else if (node.Children![slot] is { } child && FindData(child, level - 1, at, from) is var found and >= 0)
            {
                return found;
            }
        }

        return -1;
    }

    // What lies beyond a node is looked at by its caller, or is a hole when it was the root.
    private static long FindHole(Node node, int level, long start, long from)
    {
        for (int slot = SlotAt(level, start, from); slot < FanOut; slot++)
        {
            long at = start + slot * Span(level);
            if (level == 0)
            {
                if (node.Pages![slot] == 0)
                {
                    return at;
                }

                continue;
            }

            if (node.Children![slot] is not { } child)
            {
                return Math.Max(at, from);
            }

            if (child.Count < Span(level) && FindHole(child, level - 1, at, from) is var found && found < at + Span(level))
            {
                return found;
            }
        }

        return Math.Max(start + FanOut * Span(level), from);
    }

    private static long CountIn(Node node, int level, long start, long first, long end)
    {
        if (first <= start && start + FanOut * Span(level) <= end)
        {
            return node.Count;
        }

        long count = 0;
        for (int slot = SlotAt(level, start, first); slot < FanOut && start + slot * Span(level) < end; slot++)
        {
            if (level == 0)
            {
                count += node.Pages![slot] != 0 ? 1 : 0;
            }
            else if (node.Children![slot] is { } child)
            {
                count += CountIn(child, level - 1, start + slot * Span(level), first, end);
            }
        }

        return count;
    }

    private static int SlotAt(int level, long start, long from) =>
        from <= start ? 0 : (int)Math.Min((from - start) >> (level * Bits), FanOut);

    private sealed class Node(bool isLeaf)
    {
        public readonly Node?[]? Children = isLeaf ? null : new Node?[FanOut];
        public readonly int[]? Pages = isLeaf ? new int[FanOut] : null;
        // Pages in and below this node.
        public long Count;
    }
}
