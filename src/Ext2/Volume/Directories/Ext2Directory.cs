using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>A directory of a mounted volume (kernel <c>fs/ext2/namei.c</c>, <c>dir.c</c>). Each operation takes the volume's lock.</summary>
internal sealed partial class Ext2Directory : LayerDirectory, IExt2Inode
{
    private const int MaximumNameBytes = 255;

    private InodeCore core;
    private DirectoryContent? content;

    internal Ext2Directory(Ext2Volume volume, InodeNumber number, uint generation)
    {
        core = new InodeCore(volume, number, generation);
    }

    /// <inheritdoc/>
    public override ulong Number => core.Number.Value;

    /// <inheritdoc/>
    public override uint Generation => core.Generation;

    /// <inheritdoc/>
    public override FileSystem FileSystem => core.Volume;

    ref InodeCore IExt2Inode.Core => ref core;

    bool IExt2Inode.IsReferenced => References > 0;

    private Ext2Volume Volume => core.Volume;

    /// <inheritdoc/>
    public override Errno GetAttributes(out Attributes attributes) => InodeRequests.GetAttributes(ref core, out attributes);

    /// <inheritdoc/>
    public override Errno SetAttributes(in AttributeChange change) => InodeRequests.SetAttributes(ref core, change);

    /// <inheritdoc/>
    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) =>
        XattrRequests.Get(ref core, name, buffer, out length);

    /// <inheritdoc/>
    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) =>
        XattrRequests.Set(ref core, name, value, flags);

    /// <inheritdoc/>
    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => XattrRequests.Remove(ref core, name);

    /// <inheritdoc/>
    public override Errno ListXattr(Span<byte> buffer, out int length) => XattrRequests.List(ref core, buffer, out length);

    /// <inheritdoc/>
    public override Errno GetCopySource(Span<byte> path, out CopySource source, out int pathLength) =>
        CopyRequests.Get(ref core, path, out source, out pathLength);

    /// <inheritdoc/>
    public override Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path) => CopyRequests.Set(ref core, source, path);

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => InodeRequests.Sync(ref core, dataOnly);

    /// <inheritdoc/>
    protected override void LastReleased() => core.Volume.Released(this);

    /// <inheritdoc/>
    public override Result<Inode> Lookup(ReadOnlySpan<byte> name)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = FindSlot(name, out SlotKind slot, out InodeNumber inode);
            return error != Errno.None ? error : slot == SlotKind.Inode ? OpenEntry(inode) : Errno.ENOENT;
        }
    }

    /// <inheritdoc/>
    public override Result<Slot> Peek(ReadOnlySpan<byte> name)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = FindSlot(name, out SlotKind slot, out InodeNumber number);
            if (error != Errno.None)
            {
                return error;
            }

            return slot != SlotKind.Inode ? new Slot(slot, null)
                : OpenEntry(number).TryGet(out Inode inode, out error) ? Slot.Of(inode)
                : error;
        }
    }

    /// <inheritdoc/>
    public override Result<DirectoryInode> Parent()
    {
        using (Volume.Gate.Enter())
        {
            if (core.IsNameless)
            {
                return Errno.ESTALE;
            }

            Errno error = OpenContent(out DirectoryContent names);
            InodeNumber number = default;
            error = error == Errno.None ? names.GetParent(out number) : error;
            if (error != Errno.None)
            {
                return error;
            }

            if (!Volume.GetInode(number).TryGet(out Inode inode, out error))
            {
                return error;
            }

            if (inode is DirectoryInode directory)
            {
                return directory;
            }

            inode.Release();
            return Volume.Corrupt(core.Number, BlockNumber.None, $"has inode {number}, which is no directory, as its \"..\"");
        }
    }

    /// <inheritdoc/>
    public override Errno Enumerate(long cookie, DirectorySink sink) => Enumerate(cookie, new RecordSink(sink, null) { HidesIndex = HidesIndex });

    /// <inheritdoc/>
    public override Errno EnumerateSlots(long cookie, SlotSink sink) => Enumerate(cookie, new RecordSink(null, sink) { HidesIndex = HidesIndex });

    private Errno Enumerate(long cookie, RecordSink sink)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = OpenContent(out DirectoryContent names);
            return error == Errno.None ? names.Enumerate(cookie, ref sink) : error;
        }
    }

    /// <summary>The names of this directory. Errors: EIO.</summary>
    private Errno OpenContent(out DirectoryContent names)
    {
        if (content is null)
        {
            Errno error = Ext2DirectoryStore.TryOpen(this, out Ext2DirectoryStore store);
            if (error != Errno.None)
            {
                names = null!;
                return error;
            }

            content = new DirectoryContent(store);
        }

        names = content;
        return Errno.None;
    }

    /// <summary>What stands under a name. Errors: ENAMETOOLONG, EUCLEAN, EIO; an absent name is none.</summary>
    private Errno FindSlot(ReadOnlySpan<byte> name, out SlotKind slot, out InodeNumber inode)
    {
        slot = SlotKind.Absent;
        inode = default;
        Errno error = FindPlace(name, out EntryPlace place);
        if (error == Errno.None)
        {
            slot = SlotOf(place, out inode);
        }

        place.Dispose();
        return error == Errno.ENOENT ? Errno.None : error;
    }

    /// <summary>The record of a name. Errors: ENOENT, ENAMETOOLONG, EUCLEAN, EIO.</summary>
    private Errno FindPlace(ReadOnlySpan<byte> name, out EntryPlace place)
    {
        place = default;
        if (name.Length > MaximumNameBytes)
        {
            return Errno.ENAMETOOLONG;
        }

        if (name.IsEmpty || name is [(byte)'.'] or [(byte)'.', (byte)'.'] || IsReserved(name))
        {
            return Errno.ENOENT;
        }

        Errno error = OpenContent(out DirectoryContent names);
        return error == Errno.None ? names.Find(name, out place) : error;
    }

    private SlotKind SlotOf(scoped in EntryPlace place, out InodeNumber inode)
    {
        DirectoryRecord record = content!.RecordAt(place);
        inode = record.Inode;
        return !record.IsMark ? SlotKind.Inode
            : record.Type == DirectoryEntryType.Whiteout ? SlotKind.Whiteout
            : SlotKind.Fallthru;
    }

    /// <summary>
    /// The object of an entry of this directory, with a reference. A directory whose ".." does not lead back here is refused: every directory has one
    /// parent, so that no corrupt entry can make the tree endless. Errors: EUCLEAN, EIO.
    /// </summary>
    private Result<Inode> OpenEntry(InodeNumber number)
    {
        if (!Volume.GetInode(number).TryGet(out Inode inode, out Errno error))
        {
            return error;
        }

        if (inode is not Ext2Directory child)
        {
            return inode;
        }

        error = child.OpenContent(out DirectoryContent names);
        InodeNumber parent = default;
        error = error == Errno.None ? names.GetParent(out parent) : error;
        if (error == Errno.None && (parent != core.Number || number == InodeNumber.Root))
        {
            error = Volume.Corrupt(number, BlockNumber.None, $"is named in directory {core.Number}, but its \"..\" is {parent}");
        }

        if (error == Errno.None)
        {
            return inode;
        }

        inode.Release();
        return error;
    }
}
