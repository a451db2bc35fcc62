using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// A regular file of a union. An open handle belongs to it and not to a layer: what was opened for reading reads the copy as soon as there
/// is one. Reads take no lock of the union.
/// </summary>
internal sealed class UnionFile : FileInode, IUnionInode
{
    private UnionState state;
    // What the file on top, and the one in the lower, lack; null with "whole" unset: nobody looked yet. Whole is for good.
    private IncompleteCopy? copy;
    private LayerFile? lowerFile;
    private volatile bool isTopWhole;
    private volatile bool isLowerWhole;

    public UnionFile(in UnionState state) => this.state = state;

    public ref UnionState State => ref state;

    public Inode Inode => this;

    public override ulong Number => state.Number;

    public override uint Generation => state.Generation;

    public override FileSystem FileSystem => state.Union;

    public override bool CopiesBeforeChange => state.Union.CopiesData && !(Volatile.Read(in state.Top) is not null && isTopWhole);

    private FileInode Top => (FileInode)state.Top!;

    public override Errno Read(long offset, Span<byte> buffer, out int read)
    {
        Errno error = Reader(out FileInode whole, out LayerFile? owing);
        if (error == Errno.None)
        {
            return owing is null ? whole.Read(offset, buffer, out read) : owing.Read(offset, buffer, out read);
        }

        read = 0;
        return error;
    }

    public override Errno Seek(long offset, SeekKind kind, out long position)
    {
        Errno error = Reader(out FileInode whole, out LayerFile? owing);
        if (error == Errno.None)
        {
            return owing is null ? whole.Seek(offset, kind, out position) : owing.Seek(offset, kind, out position);
        }

        position = offset;
        return error;
    }

    public override Errno Write(long offset, ReadOnlySpan<byte> data, out int written)
    {
        written = 0;
        Errno error = Writer(long.MaxValue, out IncompleteCopy? owing);
        return error != Errno.None ? error : owing is null ? Top.Write(offset, data, out written) : owing.Write(offset, data, out written);
    }

    public override Errno SetSize(long size)
    {
        if (size < 0 || size > state.Union.MaximumFileBytes)
        {
            return size < 0 ? Errno.EINVAL : Errno.EFBIG;
        }

        Errno error = AttributeAccess.ReadFlags(this, out InodeFlags flags);
        error = error == Errno.None ? Protection.ChangeSize(flags) : error;
        IncompleteCopy? owing = null;
        error = error == Errno.None ? Writer(size, out owing) : error;
        return error != Errno.None ? error : owing is null ? Top.SetSize(size) : owing.SetSize(size);
    }

    public override Errno Allocate(AllocateMode mode, long offset, long length)
    {
        Errno error = AttributeAccess.ReadFlags(this, out InodeFlags flags);
        error = error == Errno.None ? Protection.Allocate(flags, mode) : error;
        IncompleteCopy? owing = null;
        error = error == Errno.None ? Writer(long.MaxValue, out owing) : error;
        return error != Errno.None ? error : owing is null ? Top.Allocate(mode, offset, length) : owing.Allocate(mode, offset, length);
    }

    public override Errno GetExtent(long offset, long end, out bool isHole, out long until)
    {
        Errno error = Reader(out FileInode whole, out LayerFile? owing);
        if (error == Errno.None && owing is null)
        {
            return whole.GetExtent(offset, end, out isHole, out until);
        }

        (isHole, until) = (true, end);
        return error == Errno.None ? base.GetExtent(offset, end, out isHole, out until) : error;
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
        error = error == Errno.None && (mode & OpenMode.Truncate) == 0 && state.Union.Options.CopyUp == CopyUpMode.Full ? FillTop() : error;
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

    public override Errno GetAttributes(out Attributes attributes)
    {
        Errno error = AttributeAccess.Get(this, out attributes);
        if (error == Errno.None && Reader(out _, out LayerFile? owing) == Errno.None)
        {
            owing?.AddBlocks(ref attributes);
        }

        return error;
    }

    public override Errno SetAttributes(in AttributeChange change) => AttributeAccess.Set(this, change);

    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) => XattrAccess.Get(this, name, buffer, out length);

    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => XattrAccess.Set(this, name, value, flags);

    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => XattrAccess.Remove(this, name);

    public override Errno ListXattr(Span<byte> buffer, out int length) => XattrAccess.List(this, buffer, out length);

    public override Errno Sync(bool dataOnly)
    {
        CompletedCopies copies = state.Union.CompletedCopies;
        FileInode[] completed = copies.Take(state.Current);
        Errno error = AttributeAccess.Sync(this, dataOnly);
        if (error == Errno.None)
        {
            copies.Complete(completed);
        }

        return error;
    }

    /// <summary>Gives back what is held of layers further down. Requires: the object is out of the table.</summary>
    internal void ReleaseSources()
    {
        if (state.IsRemoved && state.Top is { } top)
        {
            state.Union.CompletedCopies.Forget(top);
        }

        copy?.ReleaseSource();
        lowerFile?.ReleaseSource();
    }

    // A copy of another mount's that lacks data, where copies shall have all of it.
    private Errno FillTop()
    {
        Errno error = isTopWhole ? Errno.None : LookAtTop(Top, out _);
        return error == Errno.None && !isTopWhole ? copy!.FillAll() : error;
    }

    // Whom to read: the layer's file where it has all its data, else what knows where the rest lies.
    private Errno Reader(out FileInode whole, out LayerFile? owing)
    {
        if (Volatile.Read(in state.Top) is FileInode top)
        {
            whole = top;
            owing = null;
            if (isTopWhole)
            {
                return Errno.None;
            }

            Errno error = LookAtTop(top, out IncompleteCopy? incomplete);
            owing = incomplete;
            return error;
        }

        whole = (FileInode)state.Lower!;
        owing = null;
        return isLowerWhole ? Errno.None : LookAtLower(out owing);
    }

    // Whom to write: the file is brought to the top, and written directly where it owes nothing.
    private Errno Writer(long limit, out IncompleteCopy? owing)
    {
        owing = null;
        Errno error = state.Union.EnsureTop(this, limit);
        return error != Errno.None || isTopWhole ? error : LookAtTop(Top, out owing);
    }

    private Errno LookAtTop(FileInode top, out IncompleteCopy? owing)
    {
        owing = Volatile.Read(ref copy);
        if (owing is null)
        {
            Errno error = LayerFile.ReadRecord(top, out CopySource record);
            if (error != Errno.None)
            {
                return error;
            }

            if (record.IsIncomplete)
            {
                var made = new IncompleteCopy(state.Union, top, record);
                owing = Interlocked.CompareExchange(ref copy, made, null) ?? made;
            }
        }

        if (owing is null || owing.Remainder == 0)
        {
            owing = null;
            isTopWhole = true;
        }

        return Errno.None;
    }

    private Errno LookAtLower(out LayerFile? owing)
    {
        owing = Volatile.Read(ref lowerFile);
        if (owing is not null || isLowerWhole)
        {
            return Errno.None;
        }

        var lower = (FileInode)state.Lower!;
        Errno error = LayerFile.ReadRecord(lower, out CopySource record);
        if (error != Errno.None)
        {
            return error;
        }

        if (record.IsIncomplete)
        {
            var made = new LayerFile(state.Union, state.LowerPlace, lower, record);
            owing = Interlocked.CompareExchange(ref lowerFile, made, null) ?? made;
        }
        else
        {
            isLowerWhole = true;
        }

        return Errno.None;
    }

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
