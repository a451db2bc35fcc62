using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>A regular file.</summary>
internal sealed class TmpfsFile(InodeRecord record) : FileInode, ITmpfsInode
{
    private readonly FileContent content = new(record.FileSystem.Pages);

    /// <inheritdoc/>
    public InodeRecord Record { get; } = record;

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
    public override Errno SetCopySource(in CopySource source, ReadOnlySpan<byte> path)
    {
        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        return Record.SetCopySourceLocked(source, path, content.Size);
    }

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => Errno.None;

    /// <inheritdoc/>
    protected override void LastReleased() => Record.FileSystem.LastReleased(this);

    /// <inheritdoc/>
    public override Errno GetAttributes(out Attributes attributes)
    {
        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        attributes = Record.AttributesLocked();
        attributes.Size = content.Size;
        attributes.Blocks = content.PageCount * (PageStore.PageBytes / 512);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Opened(OpenMode mode)
    {
        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        return Protection.Open(Record.Flags, mode);
    }

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer, out int read)
    {
        read = 0;
        if (offset < 0)
        {
            return Errno.EINVAL;
        }

        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        if (Record.RemainderLocked is var remainder and > 0 && content.Owes(offset, offset + Math.Min(buffer.Length, long.MaxValue - offset), remainder))
        {
            return Errno.EIO;
        }

        read = content.Read(offset, buffer);
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data, out int written)
    {
        written = 0;
        if (offset < 0)
        {
            return Errno.EINVAL;
        }

        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        Errno error = content.Write(offset, data, Record.RemainderLocked, out written);
        if (written > 0)
        {
            Record.TouchContentLocked();
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno SetSize(long size)
    {
        if (size < 0)
        {
            return Errno.EINVAL;
        }

        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        Errno error = Protection.ChangeSize(Record.Flags);
        if (error == Errno.None)
        {
            content.SetSize(size);
            Record.ShrinkRemainderLocked(size);
            Record.TouchContentLocked();
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Allocate(AllocateMode mode, long offset, long length)
    {
        if (offset < 0 || length <= 0)
        {
            return Errno.EINVAL;
        }

        // vfs_fallocate: a hole beyond the end cannot move the end, and one request asks for one thing.
        AllocateMode kind = mode & ~AllocateMode.KeepSize;
        if (kind is not (AllocateMode.None or AllocateMode.PunchHole or AllocateMode.ZeroRange) || mode == AllocateMode.PunchHole)
        {
            return Errno.EOPNOTSUPP;
        }

        if (offset > FileContent.MaximumBytes - length)
        {
            return Errno.EFBIG;
        }

        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        Errno error = Protection.Allocate(Record.Flags, mode);
        if (error == Errno.None)
        {
            error = AllocateLocked(mode, offset, length);
        }

        if (error == Errno.None)
        {
            Record.TouchContentLocked();
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Seek(long offset, SeekKind kind, out long position)
    {
        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        return content.Seek(offset, kind, out position);
    }

    /// <inheritdoc/>
    public override Errno GetExtent(long offset, long end, out bool isHole, out long until)
    {
        using RankedLock.Scope scope = Record.FileSystem.Gate.Enter();
        content.GetExtent(offset, end, out isHole, out until);
        return Errno.None;
    }

    void ITmpfsInode.FreeContent() => content.Free();

    // In an incomplete copy a hole below the remainder is the source's data: what is punched there becomes pages of zeros, and what is missing can
    // neither be filled in part nor be preallocated.
    private Errno AllocateLocked(AllocateMode mode, long offset, long length)
    {
        bool keepSize = (mode & AllocateMode.KeepSize) != 0;
        bool punches = (mode & AllocateMode.PunchHole) != 0;
        long remainder = Record.RemainderLocked;
        if (!punches && (mode & AllocateMode.ZeroRange) == 0)
        {
            return content.Owes(offset, offset + length, remainder) ? Errno.EIO : content.Reserve(offset, length, keepSize);
        }

        if (content.FillsPart(offset, offset + length, remainder))
        {
            return Errno.EIO;
        }

        if (!punches)
        {
            return content.ZeroRange(offset, length, keepSize);
        }

        long zeroed = Math.Clamp(remainder - offset, 0, length);
        Errno error = zeroed > 0 ? content.ZeroRange(offset, zeroed, true) : Errno.None;
        if (error == Errno.None && zeroed < length)
        {
            content.Punch(offset + zeroed, length - zeroed);
        }

        return error;
    }
}
