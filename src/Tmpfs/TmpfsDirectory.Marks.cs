using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>
/// Whiteouts, fallthrus, opaqueness and origin. Immutable and append-only are asked for a whiteout alone, which stands for a removal; the other marks
/// are the union's own book-keeping.
/// </summary>
internal sealed partial class TmpfsDirectory
{
    private const int MaximumOriginBytes = 4095;

    private bool isOpaque;
    private OriginKind origin;
    private byte[] originPath = [];

    /// <inheritdoc/>
    public override bool IsOpaque
    {
        get
        {
            using RankedLock.Scope scope = Layer.Gate.Enter();
            return isOpaque;
        }
    }

    /// <inheritdoc/>
    public override Errno GetOrigin(Span<byte> path, out OriginKind kind, out int length)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        kind = origin;
        length = originPath.Length;
        return originPath.AsSpan().TryCopyTo(path) ? Errno.None : Errno.ERANGE;
    }

    /// <inheritdoc/>
    public override Result<Slot> Peek(ReadOnlySpan<byte> name)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        int index = entries.Find(name);
        if (index < 0)
        {
            return Slot.Absent;
        }

        ref readonly DirectoryEntry entry = ref entries[index];
        if (entry.Inode is not { } inode)
        {
            return new Slot(entry.Slot, null);
        }

        inode.AsInode.Acquire();
        return Slot.Of(inode.AsInode);
    }

    /// <inheritdoc/>
    public override Errno EnumerateSlots(long cookie, SlotSink sink)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        for (int i = entries.FirstBehind(cookie); i < entries.PlaceCount; i++)
        {
            ref readonly DirectoryEntry entry = ref entries[i];
            ulong number = entry.Inode?.Record.Number ?? 0;
            InodeKind kind = entry.Inode?.Record.Kind ?? InodeKind.Unknown;
            if (entry.Name is not null && !sink.Add(entry.Name, entry.Slot, number, kind, entry.Cookie))
            {
                break;
            }
        }

        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno SetOpaque(bool opaque)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        isOpaque = opaque;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno SetOrigin(OriginKind kind, ReadOnlySpan<byte> path)
    {
        if (path.Length > MaximumOriginBytes)
        {
            return Errno.ENAMETOOLONG;
        }

        using RankedLock.Scope scope = Layer.Gate.Enter();
        origin = kind;
        originPath = kind == OriginKind.Redirect ? path.ToArray() : [];
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno PutWhiteout(ReadOnlySpan<byte> name)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        if (Record.IsRemoved)
        {
            return Errno.ENOENT;
        }

        int index = entries.Find(name);
        return index < 0 ? AddMark(name, SlotKind.Whiteout) : ReplaceByWhiteout(index);
    }

    /// <inheritdoc/>
    public override Errno PutFallthru(ReadOnlySpan<byte> name)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        return Record.IsRemoved ? Errno.ENOENT : entries.Find(name) >= 0 ? Errno.EEXIST : AddMark(name, SlotKind.Fallthru);
    }

    /// <inheritdoc/>
    public override Errno RemoveMark(ReadOnlySpan<byte> name)
    {
        using RankedLock.Scope scope = Layer.Gate.Enter();
        int index = entries.Find(name);
        if (index < 0 || entries[index].Slot == SlotKind.Inode)
        {
            return Errno.ENOENT;
        }

        entries.RemoveAt(index);
        Layer.ReleaseInodes(1);
        return Errno.None;
    }

    private Errno AddMark(ReadOnlySpan<byte> name, SlotKind mark)
    {
        Errno error = mark == SlotKind.Whiteout ? Protection.RemoveName(Record.Flags, InodeFlags.None) : Errno.None;
        if (error != Errno.None)
        {
            return error;
        }

        if (!Layer.HasFreeInode)
        {
            return Errno.ENOSPC;
        }

        Layer.ChargeInode();
        entries.Add(name, mark, null);
        return Errno.None;
    }

    // The charge is not asked for first where an object goes: removing must work on a full file system.
    private Errno ReplaceByWhiteout(int index)
    {
        if (entries[index].Slot == SlotKind.Whiteout)
        {
            return Errno.EEXIST;
        }

        ITmpfsInode? victim = entries[index].Inode;
        Errno error = victim is TmpfsDirectory directory
            ? CheckRemovable(directory)
            : Protection.RemoveName(Record.Flags, victim?.Record.Flags ?? InodeFlags.None);
        if (error != Errno.None)
        {
            return error;
        }

        entries.Replace(index, SlotKind.Whiteout, null);
        if (victim is not null)
        {
            Layer.ChargeInode();
            LoseName(victim);
        }

        return Errno.None;
    }
}
