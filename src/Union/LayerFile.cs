using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// A regular file of one layer with all its data. An incomplete copy lacks blocks below its remainder; these are read from its source, a file of a
/// layer further down, which may be an incomplete copy of its own in a former top: a chain that ends at the lowest layer at the latest. Each link is
/// looked for when a block is first missed. Takes no lock of the union: who reads while a block is filled sees it before or after.
/// </summary>
internal class LayerFile
{
    private LayerSource? source;
    private long remainder;
    private int isReported;

    /// <summary>A file of the layer at a place; <paramref name="record"/> says what it is a copy of, or is empty. The reference stays the caller's.</summary>
    public LayerFile(UnionFileSystem union, int place, FileInode inode, in CopySource record)
    {
        Union = union;
        Place = place;
        Inode = inode;
        Record = record;
        remainder = record.Remainder;
    }

    /// <summary>The layer's file.</summary>
    public FileInode Inode { get; }

    /// <summary>Bytes below which a missing block is the source's; 0 when nothing is owed any more. Only shrinks.</summary>
    public long Remainder
    {
        get => Volatile.Read(ref remainder);
        protected set => Volatile.Write(ref remainder, value);
    }

    /// <summary>What the file is a copy of, as it was when it was read.</summary>
    public CopySource Record { get; }

    /// <summary>The place in the stack of the file's layer.</summary>
    public int Place { get; }

    /// <summary>The union.</summary>
    protected UnionFileSystem Union { get; }

    /// <summary>Reads a file's record. A file without one, or of a layer that keeps none, is complete. Errors: what the layer answers.</summary>
    public static Errno ReadRecord(FileInode inode, out CopySource record)
    {
        Errno error = inode.GetCopySource([], out record, out _);
        if (error is not (Errno.ENODATA or Errno.EOPNOTSUPP))
        {
            return error;
        }

        record = default;
        return Errno.None;
    }

    /// <summary>As <see cref="FileInode.Read"/>. Errors: EIO where the data lies in a lower that is not there or has changed.</summary>
    public Errno Read(long offset, Span<byte> buffer, out int read)
    {
        long owed = Remainder;
        if (offset < 0 || offset >= owed)
        {
            return Inode.Read(offset, buffer, out read);
        }

        read = 0;
        Errno error = Inode.GetAttributes(out Attributes attributes);
        int length = (int)Math.Clamp(attributes.Size - offset, 0, buffer.Length);
        int done = 0;
        bool borrowed = false;
        while (error == Errno.None && done < length)
        {
            long position = offset + done;
            error = Inode.GetExtent(position, offset + length, out bool isHole, out long until);
            if (error != Errno.None || until <= position)
            {
                return error == Errno.None ? Errno.EIO : error;
            }

            Span<byte> part = buffer.Slice(done, (int)(until - position));
            int count = part.Length;
            error = isHole ? ReadHole(position, part, owed, ref borrowed) : Inode.Read(position, part, out count);
            if (error == Errno.None && count == 0)
            {
                // Somebody cut the file meanwhile.
                break;
            }

            done += count;
        }

        // Only a look behind tells that what was read is what the record means, where others may write.
        error = error == Errno.None && borrowed ? Volatile.Read(ref source)!.CheckAgain() : error;
        read = error == Errno.None ? done : 0;
        return error;
    }

    /// <summary>Reads data that the source has to have: of a hole below the remainder. Errors: as <see cref="Read"/>.</summary>
    public Errno ReadSource(long offset, Span<byte> buffer)
    {
        Errno error = GetSource(out LayerSource? from);
        error = error == Errno.None ? from!.Read(offset, buffer) : error;
        return error == Errno.None ? from!.CheckAgain() : error;
    }

    /// <summary>As <see cref="FileInode.Seek"/>: a hole that is owed is whatever the source has there.</summary>
    public Errno Seek(long offset, SeekKind kind, out long position)
    {
        position = offset;
        long owed = Remainder;
        if (offset < 0 || offset >= owed)
        {
            return Inode.Seek(offset, kind, out position);
        }

        Errno error = Inode.GetAttributes(out Attributes attributes);
        if (error != Errno.None || offset >= attributes.Size)
        {
            return error == Errno.None ? Errno.ENXIO : error;
        }

        while (position < owed)
        {
            error = SeekExtent(ref position, owed, kind, out bool found);
            if (error != Errno.None || found)
            {
                return error;
            }
        }

        if (position < attributes.Size)
        {
            return Inode.Seek(position, kind, out position);
        }

        position = attributes.Size;
        return kind == SeekKind.Hole ? Errno.None : Errno.ENXIO;
    }

    /// <summary>Counts what the source holds as the file's, so that nobody takes data that is owed for a hole: <c>st_blocks</c> of 0 does.</summary>
    public void AddBlocks(ref Attributes attributes)
    {
        long owed = Remainder;
        if (owed == 0)
        {
            return;
        }

        Errno error = GetSource(out LayerSource? from);
        Attributes lower = default;
        error = error == Errno.None ? from!.File.Inode.GetAttributes(out lower) : error;
        if (error == Errno.None)
        {
            from!.File.AddBlocks(ref lower);
        }

        long most = (owed + 511) / 512;
        long held = error != Errno.None ? most : owed < Record.Size ? Math.Min(lower.Blocks, most) : lower.Blocks;
        attributes.Blocks = Math.Max(attributes.Blocks, held);
    }

    /// <summary>Whether it was not said yet that the source cannot be read: once is enough for a file that many ask about.</summary>
    public bool BeginReport() => Interlocked.Exchange(ref isReported, 1) == 0;

    /// <summary>Gives the references of the chain back. Requires: nobody reads any more.</summary>
    public void ReleaseSource()
    {
        source?.Release();
        source = null;
    }

    private Errno SeekExtent(ref long position, long owed, SeekKind kind, out bool found)
    {
        found = false;
        Errno error = Inode.GetExtent(position, owed, out bool isHole, out long until);
        if (error != Errno.None || until <= position)
        {
            return error == Errno.None ? Errno.EIO : error;
        }

        long next = until;
        if (!isHole)
        {
            found = kind == SeekKind.Data;
        }
        else
        {
            error = GetSource(out LayerSource? from);
            error = error == Errno.None ? from!.Seek(position, kind, out next) : error;
            found = error == Errno.None && next < until;
        }

        position = found && isHole ? next : found ? position : until;
        return error;
    }

    private Errno ReadHole(long position, Span<byte> part, long owed, ref bool borrowed)
    {
        int owedHere = (int)Math.Clamp(owed - position, 0, part.Length);
        part[owedHere..].Clear();
        if (owedHere == 0)
        {
            return Errno.None;
        }

        borrowed = true;
        Errno error = GetSource(out LayerSource? from);
        return error == Errno.None ? from!.Read(position, part[..owedHere]) : error;
    }

    private Errno GetSource(out LayerSource? found)
    {
        found = Volatile.Read(ref source);
        if (found is not null)
        {
            return Errno.None;
        }

        Errno error = SourceSearch.Find(Union, this, out found);
        if (error == Errno.None && Interlocked.CompareExchange(ref source, found, null) is { } first)
        {
            found!.Release();
            found = first;
        }

        return error;
    }
}
