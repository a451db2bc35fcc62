using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// A regular file of a union. An open handle belongs to it and not to a layer: what was opened for reading reads the copy as soon as there
/// is one. Reads take no lock of the union.
/// </summary>
internal sealed class UnionFile : FileInode, IUnionInode
{
    private UnionState state;

    public UnionFile(in UnionState state) => this.state = state;

    public ref UnionState State => ref state;

    public Inode Inode => this;

    public override ulong Number => state.Number;

    public override uint Generation => state.Generation;

    public override FileSystem FileSystem => state.Union;

    public override bool CopiesBeforeChange => Volatile.Read(in state.Top) is null;

    private FileInode Top => (FileInode)state.Top!;

    public override Errno Read(long offset, Span<byte> buffer, out int read) => ((FileInode)state.Current).Read(offset, buffer, out read);

    public override Errno Seek(long offset, SeekKind kind, out long position) => ((FileInode)state.Current).Seek(offset, kind, out position);

    public override Errno Write(long offset, ReadOnlySpan<byte> data, out int written)
    {
        written = 0;
        Errno error = state.Union.EnsureTop(this, long.MaxValue);
        return error == Errno.None ? Top.Write(offset, data, out written) : error;
    }

    public override Errno SetSize(long size)
    {
        if (size < 0 || size > state.Union.MaximumFileBytes)
        {
            return size < 0 ? Errno.EINVAL : Errno.EFBIG;
        }

        Errno error = AttributeAccess.ReadFlags(this, out InodeFlags flags);
        error = error == Errno.None ? Protection.ChangeSize(flags) : error;
        error = error == Errno.None ? state.Union.EnsureTop(this, size) : error;
        return error == Errno.None ? Top.SetSize(size) : error;
    }

    public override Errno Allocate(AllocateMode mode, long offset, long length)
    {
        Errno error = AttributeAccess.ReadFlags(this, out InodeFlags flags);
        error = error == Errno.None ? Protection.Allocate(flags, mode) : error;
        error = error == Errno.None ? state.Union.EnsureTop(this, long.MaxValue) : error;
        return error == Errno.None ? Top.Allocate(mode, offset, length) : error;
    }

    public override Errno Opened(OpenMode mode)
    {
        if ((mode & (OpenMode.Write | OpenMode.Truncate)) == 0)
        {
            return Errno.None;
        }

        Errno error = AttributeAccess.ReadFlags(this, out InodeFlags flags);
        error = error == Errno.None ? Protection.Open(flags, mode) : error;
        error = error == Errno.None ? state.Union.EnsureTop(this, (mode & OpenMode.Truncate) != 0 ? 0 : long.MaxValue) : error;
        return error == Errno.None ? Top.Opened(mode) : error;
    }

    public override void Closed(OpenMode mode)
    {
        // Only these were announced to the top: a file opened for reading may have been in a lower then.
        if ((mode & (OpenMode.Write | OpenMode.Truncate)) != 0)
        {
            Top.Closed(mode);
        }
    }

    public override Errno GetAttributes(out Attributes attributes) => AttributeAccess.Get(this, out attributes);

    public override Errno SetAttributes(in AttributeChange change) => AttributeAccess.Set(this, change);

    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) => XattrAccess.Get(this, name, buffer, out length);

    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => XattrAccess.Set(this, name, value, flags);

    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => XattrAccess.Remove(this, name);

    public override Errno ListXattr(Span<byte> buffer, out int length) => XattrAccess.List(this, buffer, out length);

    public override Errno Sync(bool dataOnly) => AttributeAccess.Sync(this, dataOnly);

    protected override void LastReleased()
    {
        bool isGone;
        using (state.Union.Tree.Enter())
        {
            isGone = References == 0 && state.Union.Table.Remove(this);
        }

        if (isGone)
        {
            state.Union.Drop(this);
        }
    }
}
