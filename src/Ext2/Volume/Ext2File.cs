using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// A regular file. Data goes straight between the caller's buffer and the device. New blocks become part of the file only after their data
/// was written, so neither a crash nor a commit in between ever shows what a block held before. Reading does not touch the access time.
/// </summary>
internal sealed partial class Ext2File : FileInode, IExt2Inode
{
    private const int RunsAtOnce = 16;

    private InodeCore core;

    internal Ext2File(Ext2Volume volume, InodeNumber number, uint generation) => core = new InodeCore(volume, number, generation);

    /// <inheritdoc/>
    public override ulong Number => core.Number.Value;

    /// <inheritdoc/>
    public override uint Generation => core.Generation;

    /// <inheritdoc/>
    public override FileSystem FileSystem => core.Volume;

    ref InodeCore IExt2Inode.Core => ref core;

    bool IExt2Inode.IsReferenced => References > 0;

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
    public override Errno Sync(bool dataOnly) => InodeRequests.Sync(ref core, dataOnly);

    /// <inheritdoc/>
    public override Errno Opened(OpenMode mode)
    {
        Errno error = base.Opened(mode);
        if (error != Errno.None || (mode & (OpenMode.Write | OpenMode.Truncate)) == 0)
        {
            return error;
        }

        error = GetAttributes(out Attributes attributes);
        return error == Errno.None ? Protection.Open(attributes.Flags, mode) : error;
    }

    /// <inheritdoc/>
    protected override void LastReleased() => core.Volume.Released(this);

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer, out int read)
    {
        read = 0;
        if (offset < 0)
        {
            return Errno.EINVAL;
        }

        using (core.Volume.Contents.Read(core.Number))
        {
            while (read < buffer.Length)
            {
                Errno error = ReadSome(offset + read, buffer[read..], out int part);
                if (error != Errno.None)
                {
                    // A short read would be taken for the end of the file, and what it lacks for zeros.
                    read = OwesAnything ? 0 : read;
                    return read > 0 ? Errno.None : error;
                }

                if (part == 0)
                {
                    break;
                }

                read += part;
            }

            return Errno.None;
        }
    }

    /// <inheritdoc/>
    public override Errno Seek(long offset, SeekKind kind, out long position)
    {
        position = offset;
        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            using InodeLease inode = volume.ReadInode(core.Number);
            if (inode.Error != Errno.None)
            {
                return inode.Error;
            }

            long size = inode.View.Size;
            int bits = volume.Geometry.BlockBits;
            while (position >= 0 && position < size)
            {
                var at = new FileBlock((uint)(position >> bits));
                Errno error = volume.Map.Map(core.Number, inode, at, uint.MaxValue, out BlockRun run);
                if (error != Errno.None)
                {
                    return error;
                }

                if (run.IsHole == (kind == SeekKind.Hole))
                {
                    return Errno.None;
                }

                position = ((long)at.Value + run.Count) << bits;
            }

            // Behind the last data there is a hole, at the very end of the file.
            position = size;
            return kind == SeekKind.Hole && offset >= 0 && offset < size ? Errno.None : Errno.ENXIO;
        }
    }

    private Errno ReadSome(long offset, Span<byte> buffer, out int read)
    {
        read = 0;
        Span<BlockRun> runs = stackalloc BlockRun[RunsAtOnce];
        Errno error = MapForRead(offset, buffer.Length, runs, out int count, out int length);
        if (error != Errno.None)
        {
            return error;
        }

        Geometry geometry = core.Volume.Geometry;
        int skip = (int)(offset & (geometry.BlockBytes - 1));
        for (int i = 0; i < count && read < length; i++)
        {
            long bytes = ((long)runs[i].Count << geometry.BlockBits) - skip;
            Span<byte> part = buffer.Slice(read, (int)Math.Min(bytes, length - read));
            if (runs[i].IsHole)
            {
                part.Clear();
            }
            else
            {
                error = core.Volume.Device.Read(geometry.ByteOf(runs[i].Start) + skip, part);
                if (error != Errno.None)
                {
                    return read > 0 ? Errno.None : error;
                }
            }

            read += part.Length;
            skip = 0;
        }

        return Errno.None;
    }

    // The runs of a range, cut at the end of the file; the lock is not held while they are read.
    private Errno MapForRead(long offset, int wanted, Span<BlockRun> runs, out int count, out int length)
    {
        count = 0;
        length = 0;
        Ext2Volume volume = core.Volume;
        int bits = volume.Geometry.BlockBits;
        using (volume.Gate.Enter())
        {
            using InodeLease inode = volume.ReadInode(core.Number);
            if (inode.Error != Errno.None)
            {
                return inode.Error;
            }

            long size = Math.Min(inode.View.Size, volume.MaximumFileBytes);
            if (offset >= size)
            {
                return Errno.None;
            }

            Errno unknown = GetRemainder(inode, out long owed);
            if (unknown != Errno.None)
            {
                return unknown;
            }

            length = (int)Math.Min(wanted, size - offset);
            var at = new FileBlock((uint)(offset >> bits));
            uint blocks = (uint)((offset + length - 1) >> bits) - at.Value + 1;
            while (blocks > 0 && count < runs.Length)
            {
                Errno error = volume.Map.Map(core.Number, inode, at, blocks, out runs[count]);
                if (error != Errno.None)
                {
                    return count > 0 ? Errno.None : error;
                }

                if (runs[count].IsHole && Math.Max(offset, (long)at.Value << bits) < owed)
                {
                    return Errno.EIO;
                }

                at += runs[count].Count;
                blocks -= runs[count].Count;
                count++;
            }

            return Errno.None;
        }
    }
}
