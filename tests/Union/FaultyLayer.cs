using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>A layer whose N-th change, or N-th read of attributes, fails, and that counts what is read of its files. Objects are wrapped as they are handed out. Does not end the layer it stands before.</summary>
internal sealed class FaultyLayer : FileSystem
{
    private readonly FileSystem inner;
    private readonly Dictionary<Inode, IFaulty> wrapped = [];
    private FaultyIndex? faultyIndex;

    public FaultyLayer(FileSystem inner)
    {
        this.inner = inner;
        inner.Root.Acquire();
        Root = (DirectoryInode)Wrap(inner.Root);
    }

    /// <summary>Changes until one fails; negative: none does.</summary>
    public int Countdown { get; set; } = -1;

    /// <summary>Reads of attributes until one fails; negative: none does.</summary>
    public int StatCountdown { get; set; } = -1;

    /// <summary>What the failing change or read answers.</summary>
    public Errno Failure { get; set; } = Errno.EIO;

    /// <summary>What setting an attribute answers always.</summary>
    public Errno RefuseXattr { get; set; }

    /// <summary>Whether its objects can note what they are copies of.</summary>
    public bool KeepsRecords { get; set; } = true;

    /// <summary>Whether nobody else changes it.</summary>
    public bool IsAlone { get; set; } = true;

    /// <summary>Bytes of files that were read.</summary>
    public long BytesRead { get; set; }

    public override DirectoryInode Root { get; }

    public override bool IsReadOnly => false;

    public override bool IsExclusive => IsAlone;

    public override long MaximumFileBytes => inner.MaximumFileBytes;

    /// <summary>Whether this change is the one that fails.</summary>
    public Errno Next() => Countdown >= 0 && Countdown-- == 0 ? Failure : Errno.None;

    /// <summary>Whether this read of attributes is the one that fails.</summary>
    public Errno NextStat() => StatCountdown >= 0 && StatCountdown-- == 0 ? Failure : Errno.None;

    public override Result<Inode> Find(ulong number) => Wrap(inner.Find(number));

    public override LayerIdentity Identity => inner.Identity;

    public override CopyIndex? Index => inner.Index is { } index ? faultyIndex ??= new FaultyIndex(this, index) : null;

    public override bool TryGetCopySource(ulong number, out CopySource source) => inner.TryGetCopySource(number, out source);

    public override Result<Inode> FindSource(ulong number, ReadOnlySpan<byte> path) => Wrap(inner.FindSource(number, path));

    public override Errno ReadLowers(ICollection<RememberedLower> lowers) => inner.ReadLowers(lowers);

    public override Errno StoreLowers(IReadOnlyCollection<RememberedLower> lowers) => Next() is var error and not Errno.None ? error : inner.StoreLowers(lowers);

    public override Errno GetStatistics(out Statistics statistics) => inner.GetStatistics(out statistics);

    public override Errno Sync() => inner.Sync();

    public override Errno Unmount() => Errno.None;

    internal Result<Inode> Wrap(Result<Inode> result) => result.TryGet(out Inode inode, out Errno error) ? Wrap(inode) : error;

    /// <summary>The wrapper of an inode; consumes the reference and hands one out.</summary>
    internal Inode Wrap(Inode inode)
    {
        if (wrapped.TryGetValue(inode, out IFaulty? known))
        {
            inode.Release();
            known.Self.Acquire();
            return known.Self;
        }

        known = inode switch
        {
            LayerDirectory directory => new FaultyDirectory(this, directory),
            FileInode file => new FaultyFile(this, file),
            _ => null,
        };
        if (known is null)
        {
            return inode;
        }

        wrapped[inode] = known;
        return known.Self;
    }

    internal static Inode Unwrap(Inode inode) => inode is IFaulty faulty ? faulty.Inner : inode;

    internal void Released(IFaulty faulty)
    {
        if (wrapped.Remove(faulty.Inner))
        {
            faulty.Inner.Release();
        }
    }

    protected override void Dispose(bool disposing)
    {
    }
}
