using System.Text;
using Ext2Union.Linux.Descriptors;
using Ext2Union.Linux.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>
/// A directory of the host as a read-only layer. It is held by a descriptor of its root from the first moment, so a mount over its path does not hide it,
/// and everything below is reached by openat from there; submounts show as ordinary content. The host may change it: what is not
/// the same object any more is ESTALE.
/// </summary>
public sealed partial class HostFileSystem : FileSystem
{
    /// <summary>Descriptors kept open when nothing else is said.</summary>
    public const int DefaultDescriptorCount = 1024;

    private readonly Dictionary<HostKey, HostObject> objects = [];
    private readonly DescriptorCache cache;
    private readonly InodeNumbers numbers;
    private readonly HostDirectoryInode root;
    // Parents of objects that went, whose reference is still to be given back, by the thread that began to. Under the lock.
    private readonly Queue<HostObject> parentsToRelease = new();
    private bool isReleasingParents;
    private ulong excludedMount;

    private HostFileSystem(int descriptor, in EntryStatus status, LayerIdentity identity, int descriptorCount)
    {
        Identity = identity;
        Gate = new RankedLock(LockRank.InodeTable);
        cache = new DescriptorCache(Gate, descriptorCount);
        Descriptors = new DescriptorSource(cache);
        numbers = new InodeNumbers(status.Volume);
        HostKey key = KeyOf(in status);
        HostObject rootObject = new(this, key, numbers.Of(key), GenerationOf(in status), InodeKind.Directory);
        root = new HostDirectoryInode(rootObject);
        objects.Add(key, rootObject);
        Descriptors.Adopt(rootObject, descriptor);
    }

    /// <inheritdoc/>
    public override DirectoryInode Root => root;

    /// <inheritdoc/>
    public override bool IsReadOnly => true;

    /// <inheritdoc/>
    public override bool IsExclusive => false;

    /// <inheritdoc/>
    public override long MaximumFileBytes => long.MaxValue;

    /// <summary>Descriptors open now.</summary>
    public int OpenDescriptorCount => cache.Count;

    /// <summary>Guards the table of objects, the numbers and the descriptor cache; never held across I/O but close(2).</summary>
    internal RankedLock Gate { get; }

    internal DescriptorSource Descriptors { get; }

    /// <summary>Opens a directory. Errors: ENOENT, ENOTDIR, EACCES, and what else open(2) answers.</summary>
    public static Result<HostFileSystem> Open(string path, int descriptorCount = DefaultDescriptorCount) =>
        Open(Encoding.UTF8.GetBytes(path), descriptorCount);

    /// <summary>Opens a directory whose path is bytes; symlinks in the path are followed.</summary>
    public static Result<HostFileSystem> Open(ReadOnlySpan<byte> path, int descriptorCount = DefaultDescriptorCount)
    {
        Result<int> opened = EntryCalls.Open(EntryCalls.CurrentDirectory, (byte[])[.. path, .. "/.\0"u8], EntryCalls.PathOnly | EntryCalls.DirectoryOnly);
        if (!opened.TryGet(out int descriptor, out Errno error))
        {
            return error;
        }

        error = EntryCalls.GetStatus(descriptor, "\0"u8, false, out EntryStatus status);
        if (error != Errno.None)
        {
            DescriptorCalls.Close(descriptor);
            return error;
        }

        return new HostFileSystem(descriptor, in status, IdentityOf(descriptor, in status, path), descriptorCount);
    }

    /// <summary>
    /// Names our own mount (STATX_MNT_ID), where it lies inside this directory: it is shown as an empty directory, for a request to it would wait for
    /// the session that is making it.
    /// </summary>
    public void ExcludeMount(ulong mountId) => Volatile.Write(ref excludedMount, mountId);

    /// <summary>Finds an object by number. One that nobody holds cannot be found without a path: ESTALE.</summary>
    public override Result<Inode> Find(ulong number)
    {
        using RankedLock.Scope scope = Gate.Enter();
        if (!numbers.TryGetKey(number, out HostKey key) || !objects.TryGetValue(key, out HostObject? known))
        {
            return Errno.ESTALE;
        }

        known.Inode.Acquire();
        return known.Inode;
    }

    /// <inheritdoc/>
    public override Errno GetStatistics(out Statistics statistics)
    {
        statistics = default;
        Errno error = Descriptors.BorrowPath(root.Object, out DescriptorLease lease);
        if (error != Errno.None)
        {
            return error;
        }

        using (lease)
        {
            return EntryCalls.GetStatistics(lease.Descriptor, out statistics);
        }
    }

    /// <inheritdoc/>
    public override Errno Sync() => Errno.None;

    /// <inheritdoc/>
    public override Errno Unmount() => Errno.None;

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        using RankedLock.Scope scope = Gate.Enter();
        if (root.Object.PathDescriptor is { } adopted)
        {
            cache.Return(adopted);
        }

        foreach (HostObject known in objects.Values)
        {
            cache.ForgetLocked(known);
        }

        objects.Clear();
        // What an object that is in no table any more left open.
        cache.ShrinkTo(0);
    }

    /// <summary>Whether a status is that of the object it should be.</summary>
    internal static bool IsSame(HostObject known, in EntryStatus status) =>
        known.Key == KeyOf(in status) && known.Kind == status.Attributes.Kind && known.Generation == GenerationOf(in status);

    /// <summary>The number that an entry of a directory is listed with.</summary>
    internal ulong NumberOf(HostKey key)
    {
        if (numbers.IsOwn(key))
        {
            return key.Inode;
        }

        using RankedLock.Scope scope = Gate.Enter();
        return numbers.Of(key);
    }

    /// <summary>The status of a name, without asking our own mount; of that only the place is told.</summary>
    internal Errno GetStatus(int directory, ReadOnlySpan<byte> terminatedName, out EntryStatus status, out bool isHidden)
    {
        isHidden = false;
        ulong excluded = Volatile.Read(ref excludedMount);
        if (excluded != 0)
        {
            Errno error = EntryCalls.GetStatus(directory, terminatedName, true, out status);
            isHidden = error == Errno.None && status.MountId == excluded;
            if (isHidden || error != Errno.None)
            {
                return error;
            }
        }

        return EntryCalls.GetStatus(directory, terminatedName, false, out status);
    }

    /// <summary>The inode of what stands under a name, with a reference.</summary>
    internal Inode Intern(in EntryStatus status, bool isHidden, HostObject parent, ReadOnlySpan<byte> terminatedName)
    {
        HostObject found;
        HostObject? left;
        using (Gate.Enter())
        {
            HostKey key = KeyOf(in status);
            if (!objects.TryGetValue(key, out HostObject? known) || known.IsHidden != isHidden || !(isHidden || IsSame(known, in status)))
            {
                known = new HostObject(this, key, numbers.Of(key), GenerationOf(in status), status.Attributes.Kind) { IsHidden = isHidden };
                _ = MakeInode(known);
                objects[key] = known;
            }
            else
            {
                known.Inode.Acquire();
            }

            found = known;
            left = MoveTo(found, parent, terminatedName);
        }

        // Outside: the last reference of a whole chain of directories may go with it.
        left?.Inode.Release();
        return found.Inode;
    }

    /// <summary>
    /// The last reference of an inode was released. Its parent's goes with it, and so perhaps a whole chain up to the root: they are worked off one
    /// after the other, for a tree may be deeper than a stack.
    /// </summary>
    internal void LastReleased(HostObject unused, Func<Inode, bool> isUnreferenced)
    {
        using (Gate.Enter())
        {
            if (unused.IsForgotten || !isUnreferenced(unused.Inode))
            {
                return;
            }

            Forget(unused);
            if (unused.Location is not { } location)
            {
                return;
            }

            parentsToRelease.Enqueue(location.Parent);
            if (isReleasingParents)
            {
                return;
            }

            isReleasingParents = true;
        }

        while (NextToRelease() is { } parent)
        {
            parent.Inode.Release();
        }
    }

    private HostObject? NextToRelease()
    {
        using RankedLock.Scope scope = Gate.Enter();
        isReleasingParents = parentsToRelease.TryDequeue(out HostObject? parent);
        return parent;
    }

    private void Forget(HostObject unused)
    {
        unused.IsForgotten = true;
        cache.ForgetLocked(unused);
        // Another object may have its number, and its place in the table, by now.
        if (objects.TryGetValue(unused.Key, out HostObject? known) && known == unused)
        {
            _ = objects.Remove(unused.Key);
        }
    }

    private static HostKey KeyOf(in EntryStatus status) => new(status.Volume, status.Attributes.Inode);

    // A host that gives no birth times tells no reuse of numbers either.
    private static uint GenerationOf(in EntryStatus status) =>
        (uint)status.Attributes.BirthTime.Seconds * 1_000_003 ^ status.Attributes.BirthTime.Nanoseconds;

    private static Inode MakeInode(HostObject shown) => shown.Inode = shown.Kind switch
    {
        InodeKind.Directory => new HostDirectoryInode(shown),
        InodeKind.File => new HostFile(shown),
        InodeKind.Symlink => new HostSymlink(shown),
        _ => new HostSpecial(shown),
    };

    // An object is looked for where it was seen last. Answers the parent whose reference is to be given back.
    private static HostObject? MoveTo(HostObject found, HostObject parent, ReadOnlySpan<byte> terminatedName)
    {
        HostLocation? old = found.Location;
        if (old is not null && old.Parent == parent && terminatedName.SequenceEqual(old.TerminatedName))
        {
            return null;
        }

        // A directory mounted a second time inside itself, or a stale place above: its own place must not lie below it.
        for (HostObject? above = parent; above is not null; above = above.Location?.Parent)
        {
            if (above == found)
            {
                return null;
            }
        }

        parent.Inode.Acquire();
        found.Location = new HostLocation(parent, terminatedName.ToArray());
        return old?.Parent;
    }
}
