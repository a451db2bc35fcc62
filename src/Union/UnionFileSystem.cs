using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// A union of layers: one writable top over one or more lowers, or lowers alone, read-only. Knows layers only by their contract.
/// Locks: copy-up of one file, then the tree, then the layers' own (docs/LOCKING.md). Data of files is read and written without a lock of the union.
/// </summary>
public sealed class UnionFileSystem : FileSystem
{
    private readonly FileSystem? top;
    private readonly FileSystem[] lowers;
    private readonly UnionDirectory root;
    private readonly bool wasMountedWritable;
    private bool isUnmounted;
    private bool topKeepsNoRecords;

    private UnionFileSystem(FileSystem? top, FileSystem[] lowers, LayerNumbers layers, UnionOptions options, uint directoryBytes)
    {
        this.top = top;
        this.lowers = lowers;
        wasMountedWritable = top is { IsReadOnly: false };
        Options = options;
        DirectoryBytes = directoryBytes;
        MaximumFileBytes = (top ?? lowers[0]).MaximumFileBytes;
        IsExclusive = (top?.IsExclusive ?? true) && lowers.All(lower => lower.IsExclusive);
        LayerNumbers = layers;
        Identities = new Identities(this);
        Table = new InodeTable();
        Stack = new LayerStack(lowers, options.Log);
        CopyUp = new CopyUp(this);
        DirectoryCopyUp = new DirectoryCopyUp(this);
        Listings = new ListingCache();
        CompletedCopies = new CompletedCopies(Tree);
        LostNames = new LostNames(this);
        PlaceSearch = new PlaceSearch(this);
        Twin[] twins = Stack.RootsBelow(0);
        root = new UnionDirectory(new UnionState(this, NumberSpace.Root, 0) { Lower = twins[0].Directory, LowerPlace = 1 }, twins);
        if (top is not null)
        {
            top.Root.Acquire();
            root.State.Top = top.Root;
        }

        Table.Add(root);
    }

    /// <inheritdoc/>
    public override DirectoryInode Root => root;

    /// <inheritdoc/>
    public override bool IsReadOnly => top?.IsReadOnly ?? true;

    /// <inheritdoc/>
    public override bool IsExclusive { get; }

    /// <inheritdoc/>
    public override long MaximumFileBytes { get; }

    /// <summary>The size every directory shows, wherever it lies.</summary>
    internal uint DirectoryBytes { get; }

    internal UnionOptions Options { get; }

    internal Identities Identities { get; }

    internal LayerNumbers LayerNumbers { get; }

    /// <summary>Guards the tree: what stands where, what is whose twin, which objects are alive.</summary>
    internal RankedLock Tree { get; } = new(LockRank.UnionTree);

    internal InodeTable Table { get; }

    internal LayerStack Stack { get; }

    internal CopyUp CopyUp { get; }

    internal DirectoryCopyUp DirectoryCopyUp { get; }

    internal ListingCache Listings { get; }

    internal CompletedCopies CompletedCopies { get; }

    internal LostNames LostNames { get; }

    internal PlaceSearch PlaceSearch { get; }

    /// <summary>Whether copying a file copies its data: it is asked for, or the top has shown that it cannot note where the data lies.</summary>
    internal bool CopiesData
    {
        get => Options.CopyUp == CopyUpMode.Full || !LayerNumbers.KeepsRecords || Volatile.Read(ref topKeepsNoRecords);
        set => Volatile.Write(ref topKeepsNoRecords, value);
    }

    /// <summary>Bytes of a block of the top.</summary>
    internal int BlockBytes => (int)DirectoryBytes;

    internal FileSystem? Top => top;

    /// <summary>Stacks layers, as the longer form does.</summary>
    public static Result<UnionFileSystem> Create(FileSystem? top, IReadOnlyList<FileSystem> lowers, UnionOptions options) =>
        Create(top, lowers, options, out _);

    /// <summary>
    /// Stacks layers. The union owns them from now on, also when it fails. Errors: EINVAL without a lower, with too many, or for a top whose directories
    /// cannot hold marks; ESTALE when the top was made over another lower; what the layers answer.
    /// </summary>
    /// <param name="top">The writable layer; null, or one that is read-only, makes the union read-only.</param>
    /// <param name="lowers">The layers below, the highest first. None of them is ever written.</param>
    /// <param name="options">How the union behaves.</param>
    /// <param name="missing">With ESTALE: the lower that the top was made over and that is not here.</param>
    public static Result<UnionFileSystem> Create(FileSystem? top, IReadOnlyList<FileSystem> lowers, UnionOptions options, out RememberedLower? missing)
    {
        missing = null;
        FileSystem[] below = [.. lowers];
        Errno error = below.Length is 0 or >= NumberSpace.MaximumLayers || (top is not null && top.Root is not LayerDirectory)
            ? Errno.EINVAL
            : Errno.None;
        Statistics statistics = default;
        if (error == Errno.None)
        {
            error = (top ?? below[0]).GetStatistics(out statistics);
        }

        LayerNumbers? layers = null;
        error = error == Errno.None ? LayerNumbers.Create(top, below, options.ForceLower, options.Log, out layers, out missing) : error;
        if (error == Errno.None)
        {
            var union = new UnionFileSystem(top, below, layers!, options, Math.Max(512, statistics.BlockSize));
            error = RootAdoption.Run(union);
            if (error == Errno.None)
            {
                return union;
            }
        }

        // Each is ended, not dropped: a top that could not be stacked is left as clean as it was found.
        foreach (FileSystem layer in top is null ? below : [top, .. below])
        {
            _ = layer.Unmount();
            layer.Dispose();
        }

        return error;
    }

    /// <inheritdoc/>
    public override Result<Inode> Find(ulong number)
    {
        Result<Inode> found = FindByNumber(number);
        return found.TryGet(out _, out _) ? found : PlaceSearch.Find(number);
    }

    /// <inheritdoc/>
    public override Errno GetStatistics(out Statistics statistics)
    {
        // What was removed counts as free at once.
        Errno error = LostNames.IsWaiting ? Sync() : Errno.None;
        statistics = default;
        return error == Errno.None ? (top ?? lowers[0]).GetStatistics(out statistics) : error;
    }

    /// <inheritdoc/>
    public override Errno Sync()
    {
        FileInode[] completed = CompletedCopies.Take(null);
        bool settles = LostNames.Begin();
        Errno error = top?.Sync() ?? Errno.None;
        if (error == Errno.None)
        {
            CompletedCopies.Complete(completed);
        }

        if (settles)
        {
            LostNames.End(error == Errno.None);
            error = error == Errno.None ? top!.Sync() : error;
        }

        return error;
    }

    /// <summary>As for every file system. EOPNOTSUPP for a union that began read-only: what a writable top remembers of its lowers was not stored then.</summary>
    public override Errno SetReadOnly(bool readOnly)
    {
        if (readOnly == IsReadOnly)
        {
            return Errno.None;
        }

        if (!readOnly && !wasMountedWritable)
        {
            return top is null ? Errno.EROFS : Errno.EOPNOTSUPP;
        }

        Errno error = readOnly ? Sync() : Errno.None;
        using (Tree.Enter())
        {
            // Under the lock of the tree, for a listing that stores names is no writer to the kernel.
            return error == Errno.None ? top!.SetReadOnly(readOnly) : error;
        }
    }

    /// <inheritdoc/>
    public override Errno Unmount()
    {
        // Records of copies that have become complete are changed; what that leaves to write is written with the rest.
        _ = CompletedCopies.Take(null).Length > 0 || LostNames.IsWaiting ? Sync() : Errno.None;
        LetGo();
        Errno first = top?.Unmount() ?? Errno.None;
        foreach (FileSystem lower in lowers)
        {
            Errno error = lower.Unmount();
            first = first == Errno.None ? error : first;
        }

        return first;
    }

    /// <summary>Finds what its number alone leads to. Hands out a reference. Errors: ESTALE. Requires: the tree lock is not held.</summary>
    internal Result<Inode> FindByNumber(ulong number)
    {
        using (Tree.Enter())
        {
            return NumberSearch.Find(this, number);
        }
    }

    /// <summary>The layer at a place of the stack; 0 is the top.</summary>
    internal FileSystem? LayerOf(int layer) => layer == 0 ? top : layer <= lowers.Length ? lowers[layer - 1] : null;

    /// <summary>Makes an object one of the top: files are copied, up to <paramref name="limit"/> bytes of them; directories are materialised. Requires: the tree lock is not held.</summary>
    internal Errno EnsureTop(IUnionInode node, long limit)
    {
        if (Volatile.Read(ref node.State.Top) is not null)
        {
            return IsReadOnly ? Errno.EROFS : Errno.None;
        }

        if (node is not UnionDirectory directory)
        {
            return CopyUp.Run(node, limit);
        }

        using (Tree.Enter())
        {
            return directory.State.IsRemoved && directory.Top is null
                ? DirectoryCopyUp.MaterialiseRemovedLocked(directory)
                : DirectoryCopyUp.MaterialiseLocked(directory);
        }
    }

    /// <summary>Syncs when more names or more room wait for it than should. Requires: no lock is held.</summary>
    internal void SettleNames()
    {
        if (LostNames.IsDue)
        {
            _ = Sync();
        }
    }

    /// <summary>Gives back what an object holds of the layers and of its directory. Requires: it is out of the table; no lock is held that a layer would miss.</summary>
    internal void Drop(IUnionInode node)
    {
        ref UnionState state = ref node.State;
        if (node is UnionFile file)
        {
            file.ReleaseSources();
        }

        state.Top?.Release();
        if (node is UnionDirectory directory)
        {
            Twin.Release(directory.Twins);
            using (Tree.Enter())
            {
                Listings.Forget(directory);
            }
        }
        else
        {
            state.Lower?.Release();
        }

        if (state.Parent is { } parent)
        {
            ReleaseQueue.Release(parent);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            top?.Dispose();
            foreach (FileSystem lower in lowers)
            {
                lower.Dispose();
            }
        }
    }

    // Files that were removed while open lose their last reference here, so that the top can free them while it still writes.
    private void LetGo()
    {
        if (isUnmounted)
        {
            return;
        }

        isUnmounted = true;
        foreach (IUnionInode node in Table.Live)
        {
            if (node is UnionFile file)
            {
                file.ReleaseSources();
            }

            node.State.Top?.Release();
            if (node is UnionDirectory directory)
            {
                Twin.Release(directory.Twins);
            }
            else
            {
                node.State.Lower?.Release();
            }
        }
    }
}
