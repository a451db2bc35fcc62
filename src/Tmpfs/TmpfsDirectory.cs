using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>A directory: its names and marks. Links, renames and marks stand in the other parts of this class.</summary>
internal sealed partial class TmpfsDirectory : LayerDirectory, ITmpfsInode
{
    // The size and the space of a directory do not follow its entries: a union puts marks and copies there that nobody shall notice.
    private const int ShownBytes = PageStore.PageBytes;

    private readonly DirectoryEntries entries = new();
    private TmpfsDirectory parent;

    /// <summary>Makes a directory without entries; without a parent it is the root.</summary>
    public TmpfsDirectory(InodeRecord record, TmpfsDirectory? parent, bool opaque)
    {
        Record = record;
        Record.LinkCount = 2;
        this.parent = parent ?? this;
        isOpaque = opaque;
        origin = opaque ? OriginKind.None : OriginKind.Natural;
    }

    /// <inheritdoc/>
    public InodeRecord Record { get; }

    private TmpfsFileSystem Layer => Record.FileSystem;

    /// <inheritdoc/>
    public override ulong Number => Record.Number;

    /// <inheritdoc/>
    public override uint Generation => Record.FileSystem.Generation;

    /// <inheritdoc/>
    public override FileSystem FileSystem => Record.FileSystem;

    Inode ITmpfsInode.AsInode => this;

    bool ITmpfsInode.IsUnreferenced => References == 0;

    /// <inheritdoc/>
    public override Errno SetAttributes(in AttributeChange change) => Record.SetAttributes(in change);

    /// <inheritdoc/>
    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) => Record.GetXattr(name, buffer, out length);

    /// <inheritdoc/>
    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => Record.SetXattr(name, value, flags);

    /// <inheritdoc/>
    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => Record.RemoveXattr(name);

    /// <inheritdoc/>
    public override Errno ListXattr(Span<byte> buffer, out int length) => Record.ListXattr(buffer, out length);

    /// <inheritdoc/>
    public override Errno GetCopySource(Span<byte> path, out CopySource source, out int pathLength) =>
        Record.GetCopySource(path, out source, out pathLength);

    /// <inheritdoc/>
    public override Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path) => Record.SetCopySource(source, path);

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => Errno.None;

    /// <inheritdoc/>
    protected override void LastReleased() => Record.FileSystem.LastReleased(this);

    /// <inheritdoc/>
    public override Errno GetAttributes(out Attributes attributes)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        attributes = Record.AttributesLocked();
        attributes.Size = ShownBytes;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Result<Inode> Lookup(ReadOnlySpan<byte> name)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        int index = entries.Find(name);
        return index >= 0 && entries[index].Inode is { } found ? HandOut(found) : Errno.ENOENT;
    }

    /// <inheritdoc/>
    public override Result<DirectoryInode> Parent()
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        if (Record.IsRemoved)
        {
            return Errno.ESTALE;
        }

        parent.Acquire();
        return parent;
    }

    /// <inheritdoc/>
    public override Errno Enumerate(long cookie, DirectorySink sink)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        for (int i = entries.FirstBehind(cookie); i < entries.PlaceCount; i++)
        {
            ref readonly DirectoryEntry entry = ref entries[i];
            if (entry.Inode is { } inode && !sink.Add(entry.Name, inode.Record.Number, inode.Record.Kind, entry.Cookie))
            {
                break;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        if (CheckNewName(name, what.KeepParentTimes, out int mark) is var error and not Errno.None)
        {
            return error;
        }

        error = Layer.MakeInode(what, this, mark >= 0, out ITmpfsInode? made);
        if (error != Errno.None)
        {
            return error;
        }

        PutInode(name, mark, made!);
        if (made is TmpfsDirectory)
        {
            Record.LinkCount++;
        }
        else
        {
            made!.Record.LinkCount = 1;
        }

        if (!what.KeepParentTimes)
        {
            Record.TouchContentLocked();
        }

        // The reference that every inode is born with is the caller's.
        return made!.AsInode;
    }

    /// <inheritdoc/>
    public override Result<Inode> CreateDetached(in NewInode what)
    {
        if (what.Kind == InodeKind.Directory)
        {
            return Errno.EISDIR;
        }

        using RankedLock.Scope scope = Layer.Gate.Enter();
        if (Record.IsRemoved)
        {
            return Errno.ENOENT;
        }

        Errno error = Layer.MakeInode(what, this, false, out ITmpfsInode? made);
        return error == Errno.None ? made!.AsInode : error;
    }

    void ITmpfsInode.FreeContent()
    {
    }

    private static Result<Inode> HandOut(ITmpfsInode inode)
    {
        inode.AsInode.Acquire();
        return inode.AsInode;
    }

    // A name that an ordinary entry may be put under. The index is that of the mark it will replace, or -1. What a union copies up
    // goes into an immutable directory too: the name was there before.
    private Errno CheckNewName(ReadOnlySpan<byte> name, bool asCopy, out int mark)
    {
        mark = -1;
        if (Record.IsRemoved)
        {
            return Errno.ENOENT;
        }

        mark = entries.Find(name);
        return mark >= 0 && entries[mark].Slot == SlotKind.Inode ? Errno.EEXIST
            : asCopy ? Errno.None
            : Protection.AddName(Record.Flags);
    }

    // The inode count of a replaced mark must have been given back by the caller or passed on to the new inode.
    private void PutInode(ReadOnlySpan<byte> name, int mark, ITmpfsInode inode)
    {
        if (mark >= 0)
        {
            entries.Replace(mark, SlotKind.Inode, inode);
        }
        else
        {
            entries.Add(name, SlotKind.Inode, inode);
        }
    }
}
