using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// The names that a stack of layer directories shows, merged in memory in one pass over each layer. Reused from directory to directory. Cookies
/// are hashes of names, so a listing that was begun goes on at the right place after names came and went, after the directory was
/// materialised or sealed, and after this object was built anew. Guarded by the tree lock.
/// </summary>
internal sealed class MergedListing : IDisposable
{
    private readonly NameIndex index = new();
    private readonly SlotFeed slotFeed;
    private readonly EntryFeed entryFeed;
    private UnionFileSystem? union;
    private int layer;
    private int layerIndex;
    private int pendingCount;
    private bool isClosed;
    private bool stopAtFirst;

    public MergedListing()
    {
        slotFeed = new SlotFeed(this);
        entryFeed = new EntryFeed(this);
    }

    /// <summary>Visible names.</summary>
    public int Count { get; private set; }

    /// <summary>The name at an index.</summary>
    public ReadOnlySpan<byte> NameAt(int i) => index.NameOf(in index.Entries[i]);

    /// <summary>Reads what the stack shows. With <paramref name="stopAtFirst"/> only whether it shows anything.</summary>
    public Errno Read(UnionFileSystem union, LayerDirectory? top, ReadOnlySpan<Twin> twins, bool stopAtFirst)
    {
        this.union = union;
        this.stopAtFirst = stopAtFirst;
        index.Clear();
        Count = 0;
        layerIndex = 0;
        pendingCount = 0;
        isClosed = false;
        Errno error = top is null ? Errno.None : ReadLayer(0, top);
        for (int i = 0; error == Errno.None && i < twins.Length && !IsDecided; i++)
        {
            error = ReadLayer(twins[i].Layer, twins[i].Directory);
        }

        if (error == Errno.None && !stopAtFirst)
        {
            index.Compact();
            Count = index.Count;
        }

        return error;
    }

    /// <summary>Delivers what lies behind a cookie.</summary>
    public void Deliver(long cookie, DirectorySink sink)
    {
        Span<ListedName> entries = index.Entries.AsSpan(0, Count);
        int low = 0;
        for (int high = Count; low < high;)
        {
            int middle = (low + high) >>> 1;
            (low, high) = entries[middle].Cookie <= cookie ? (middle + 1, high) : (low, middle);
        }

        foreach (ref readonly ListedName entry in entries[low..])
        {
            if (!sink.Add(index.NameOf(in entry), entry.Number, entry.Kind, entry.Cookie))
            {
                return;
            }
        }
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Count = 0;
        index.Dispose();
    }

    // Nothing that a further layer holds can change the answer.
    private bool IsDecided => (isClosed && pendingCount == 0) || (stopAtFirst && Count > 0);

    private Errno ReadLayer(int number, DirectoryInode directory)
    {
        layer = number;
        layerIndex++;
        if (directory is not LayerDirectory marked)
        {
            return directory.Enumerate(0, entryFeed);
        }

        Errno error = marked.EnumerateSlots(0, slotFeed);
        if (error == Errno.None && Resolution.Of(SlotKind.Absent, false, marked.IsOpaque) == Verdict.Nothing)
        {
            isClosed = true;
            CloseOpen();
        }

        return error;
    }

    // Fallthrus from above that this opaque directory does not know end here.
    private void CloseOpen()
    {
        foreach (ref ListedName entry in index.Entries.AsSpan(0, pendingCount == 0 ? 0 : index.Count))
        {
            if (entry.Verdict == Verdict.Below && entry.LayerIndex != layerIndex)
            {
                entry.Verdict = Verdict.Nothing;
                pendingCount--;
            }
        }
    }

    private bool Offer(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind)
    {
        ref ListedName entry = ref index.Find(name, out bool isNew, add: !isClosed);
        if (System.Runtime.CompilerServices.Unsafe.IsNullRef(ref entry) || (!isNew && entry.Verdict != Verdict.Below))
        {
            return true;
        }

        pendingCount -= isNew ? 0 : 1;
        entry.LayerIndex = layerIndex;
        entry.Verdict = Resolution.Of(slot, kind == InodeKind.Directory, false);
        switch (entry.Verdict)
        {
            case Verdict.Here or Verdict.HereAndBelow:
                entry.Number = union!.Identities.NumberOf(layer, inode);
                entry.Kind = kind;
                Count += stopAtFirst ? 1 : 0;
                return !stopAtFirst;
            case Verdict.Below:
                pendingCount++;
                return true;
            default:
                return true;
        }
    }

    private sealed class SlotFeed(MergedListing listing) : SlotSink
    {
        public override bool Add(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind, long nextCookie) =>
            listing.Offer(name, slot, inode, kind);
    }

    private sealed class EntryFeed(MergedListing listing) : DirectorySink
    {
        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie) =>
            listing.Offer(name, SlotKind.Inode, inode, kind);
    }
}
