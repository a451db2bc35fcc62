using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>
/// A file system in memory with all that an ext2 layer can do, marks included. One lock guards all of it; content is copied under it too, for a copy
/// from memory is short. Numbers count up and are never used twice.
/// </summary>
public sealed class TmpfsFileSystem : FileSystem
{
    private const int MaximumNameBytes = 255;
    private const int MaximumTargetBytes = 4095;

    private readonly Dictionary<ulong, ITmpfsInode> inodes = [];
    private readonly TmpfsDirectory root;
    private readonly long inodeLimit;
    private readonly List<RememberedLower> lowers = [];
    private bool hasCopies;
    private ulong lastNumber;
    private long inodesUsed;
    private bool isDisposed;

    /// <summary>Makes an empty one.</summary>
    public TmpfsFileSystem(TmpfsOptions options)
    {
        long halfOfMemory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 2;
        long bytes = options.SizeBytes > 0 ? options.SizeBytes : halfOfMemory;
        inodeLimit = options.InodeCount > 0 ? options.InodeCount : halfOfMemory / PageStore.PageBytes;
        Pages = new PageStore(bytes / PageStore.PageBytes + (bytes % PageStore.PageBytes == 0 ? 0 : 1));
        Clock = options.Clock;
        Gate = new RankedLock(options.AsLower ? LockRank.LayerLower : LockRank.LayerTop);
        NewInode what = new()
        {
            Mode = ModeBits.Of(InodeKind.Directory, options.Mode),
            UserId = options.UserId,
            GroupId = options.GroupId,
        };
        Index = new TmpfsCopyIndex(this);
        root = new TmpfsDirectory(new InodeRecord(this, ++lastNumber, what), null, opaque: false);
        Register(root);
    }

    /// <inheritdoc/>
    public override DirectoryInode Root => root;

    /// <inheritdoc/>
    public override bool IsReadOnly => false;

    // What the kernel does not let through cannot come here, and there is nothing to write.
    /// <inheritdoc/>
    public override Errno SetReadOnly(bool readOnly) => Errno.None;

    /// <inheritdoc/>
    public override bool IsExclusive => true;

    /// <inheritdoc/>
    public override long MaximumFileBytes => FileContent.MaximumBytes;

    /// <inheritdoc/>
    public override LayerIdentity Identity { get; } = new(LayerKind.Passing, Guid.NewGuid().ToByteArray(), "tmpfs");

    /// <inheritdoc/>
    public override CopyIndex Index { get; }

    /// <summary>The generation of all inodes, drawn anew for each file system: numbers begin again, and a handle of one that is gone must not open a file of the next.</summary>
    internal uint Generation { get; } = (uint)Random.Shared.Next(1, int.MaxValue);

    /// <summary>Whether anything here was ever a copy; read without the lock, so that a layer without copies is asked for nothing.</summary>
    internal bool HasCopies
    {
        get => Volatile.Read(ref hasCopies);
        set => Volatile.Write(ref hasCopies, value);
    }

    /// <summary>Guards everything.</summary>
    internal RankedLock Gate { get; }

    internal PageStore Pages { get; }

    internal Clock Clock { get; }

    /// <summary>Whether one more inode or mark may be made. Requires: the lock.</summary>
    internal bool HasFreeInode => inodesUsed < inodeLimit;

    /// <inheritdoc/>
    public override Result<Inode> Find(ulong number)
    {
        using RankedLock.Scope scope = Gate.Enter();
        if (!inodes.TryGetValue(number, out ITmpfsInode? inode))
        {
            return Errno.ESTALE;
        }

        inode.AsInode.Acquire();
        return inode.AsInode;
    }

    /// <inheritdoc/>
    public override bool TryGetCopySource(ulong number, out CopySource source)
    {
        source = default;
        if (!HasCopies)
        {
            return false;
        }

        using RankedLock.Scope scope = Gate.Enter();
        return inodes.TryGetValue(number, out ITmpfsInode? inode) && inode.Record.TryGetCopySourceLocked(out source);
    }

    /// <inheritdoc/>
    public override Errno ReadLowers(ICollection<RememberedLower> lowers)
    {
        using RankedLock.Scope scope = Gate.Enter();
        foreach (RememberedLower lower in this.lowers)
        {
            lowers.Add(lower);
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno StoreLowers(IReadOnlyCollection<RememberedLower> lowers)
    {
        using RankedLock.Scope scope = Gate.Enter();
        this.lowers.Clear();
        this.lowers.AddRange(lowers);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno GetStatistics(out Statistics statistics)
    {
        using RankedLock.Scope scope = Gate.Enter();
        statistics = new Statistics
        {
            BlockSize = PageStore.PageBytes,
            Blocks = (ulong)Pages.Limit,
            FreeBlocks = (ulong)Pages.Free,
            AvailableBlocks = (ulong)Pages.Free,
            Inodes = (ulong)inodeLimit,
            FreeInodes = (ulong)Math.Max(0, inodeLimit - inodesUsed),
            MaximumNameBytes = MaximumNameBytes,
        };
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Sync() => Errno.None;

    /// <inheritdoc/>
    public override Errno Unmount() => Errno.None;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        using RankedLock.Scope scope = Gate.Enter();
        isDisposed = true;
        inodes.Clear();
        Pages.Clear();
    }

    /// <summary>Charges one inode or mark. Requires: the lock.</summary>
    internal void ChargeInode() => inodesUsed++;

    /// <summary>Gives charges back. Requires: the lock.</summary>
    internal void ReleaseInodes(int count) => inodesUsed -= count;

    /// <summary>
    /// Makes an object without a name; it has one reference. A mark that it replaces passes its charge on. Requires: the lock.
    /// Errors: ENOSPC, EINVAL for no kind that could be made, ENAMETOOLONG and ENOENT for a target too long or empty.
    /// </summary>
    internal Errno MakeInode(in NewInode what, TmpfsDirectory parent, bool replacesMark, out ITmpfsInode? made)
    {
        made = null;
        if (!replacesMark && !HasFreeInode)
        {
            return Errno.ENOSPC;
        }

        if (what.Kind == InodeKind.Symlink && what.Target.Length is 0 or > MaximumTargetBytes)
        {
            return what.Target.IsEmpty ? Errno.ENOENT : Errno.ENAMETOOLONG;
        }

        InodeRecord record = new(this, lastNumber + 1, what);
        made = what.Kind switch
        {
            InodeKind.File => new TmpfsFile(record),
            InodeKind.Directory => new TmpfsDirectory(record, parent, what.Opaque),
            InodeKind.Symlink => new TmpfsSymlink(record, what.Target.ToArray()),
            InodeKind.CharacterDevice or InodeKind.BlockDevice => new TmpfsSpecial(record, what.Device),
            InodeKind.Fifo or InodeKind.Socket => new TmpfsSpecial(record, default),
            _ => null,
        };
        if (made is null)
        {
            return Errno.EINVAL;
        }

        if (replacesMark)
        {
            ReleaseInodes(1);
        }

        lastNumber++;
        Register(made);
        return Errno.None;
    }

    /// <summary>The last reference of an inode was released.</summary>
    internal void LastReleased(ITmpfsInode inode)
    {
        using RankedLock.Scope scope = Gate.Enter();
        FreeIfUnused(inode);
    }

    /// <summary>Frees an object that has neither names nor references. Requires: the lock.</summary>
    internal void FreeIfUnused(ITmpfsInode inode)
    {
        InodeRecord record = inode.Record;
        if (record.LinkCount > 0 || !inode.IsUnreferenced || record.IsFreed || isDisposed)
        {
            return;
        }

        record.IsFreed = true;
        inode.FreeContent();
        ReleaseInodes(1);
        _ = inodes.Remove(record.Number);
    }

    private void Register(ITmpfsInode inode)
    {
        inodes.Add(inode.Record.Number, inode);
        ChargeInode();
    }
}
