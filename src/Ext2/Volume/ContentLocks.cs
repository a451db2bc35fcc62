using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// Locks of file contents, a fixed number for all files: shared by readers, exclusive for who writes or truncates, so that a block is not freed
/// under a reader's hands. They rank before the volume's lock (LockRank.FileContent); a thread holds at most one.
/// </summary>
internal sealed class ContentLocks : IDisposable
{
    private const int Count = 64;

    private readonly ReaderWriterLockSlim[] stripes = new ReaderWriterLockSlim[Count];

    public ContentLocks()
    {
        for (int i = 0; i < Count; i++)
        {
            stripes[i] = new ReaderWriterLockSlim(LockRecursionPolicy.NoRecursion);
        }
    }

    /// <summary>Reads until the scope is disposed.</summary>
    public Shared Read(InodeNumber number)
    {
        ReaderWriterLockSlim stripe = stripes[number.Value % Count];
        stripe.EnterReadLock();
        return new Shared(stripe);
    }

    /// <summary>Changes until the scope is disposed.</summary>
    public Exclusive Change(InodeNumber number)
    {
        ReaderWriterLockSlim stripe = stripes[number.Value % Count];
        stripe.EnterWriteLock();
        return new Exclusive(stripe);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ReaderWriterLockSlim stripe in stripes)
        {
            stripe.Dispose();
        }
    }

    /// <summary>A reader.</summary>
    internal readonly ref struct Shared(ReaderWriterLockSlim stripe)
    {
        /// <summary>Lets go.</summary>
        public void Dispose() => stripe.ExitReadLock();
    }

    /// <summary>A writer.</summary>
    internal readonly ref struct Exclusive(ReaderWriterLockSlim stripe)
    {
        /// <summary>Lets go.</summary>
        public void Dispose() => stripe.ExitWriteLock();
    }
}
