using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>A symbolic link: a short target lies in the record itself (fast), a longer one in a block.</summary>
internal sealed class Ext2Symlink : SymlinkInode, IExt2Inode
{
    private InodeCore core;

    internal Ext2Symlink(Ext2Volume volume, InodeNumber number, uint generation)
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
    public override Errno ReadTarget(Span<byte> buffer, out int length)
    {
        length = 0;
        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            using InodeLease inode = volume.ReadInode(core.Number);
            if (inode.Error != Errno.None)
            {
                return inode.Error;
            }

            long size = inode.View.Size;
            bool isFast = inode.View.IsFastSymlink(volume.Geometry.BlockBytes);
            if (size <= 0 || size >= (isFast ? RawInode.BlockBytes : volume.Geometry.BlockBytes))
            {
                return volume.Corrupt(core.Number, BlockNumber.None, $"is a symbolic link of {size} bytes");
            }

            if (size > buffer.Length)
            {
                return Errno.ERANGE;
            }

            length = (int)size;
            return isFast ? CopyOut(inode.View.BlockBytes, buffer, length) : ReadSlow(inode, buffer, length);
        }
    }

    /// <summary>Stores the target of a new link. Under the volume's lock. Errors: ENAMETOOLONG, ENOSPC, EIO.</summary>
    internal Errno Store(ReadOnlySpan<byte> target)
    {
        Ext2Volume volume = core.Volume;
        using InodeLease inode = volume.ReadInode(core.Number);
        if (inode.Error != Errno.None)
        {
            return inode.Error;
        }

        InodeView view = inode.View;
        if (target.Length < RawInode.BlockBytes)
        {
            target.CopyTo(view.BlockBytes);
            view.Size = target.Length;
            inode.MarkDirty();
            return Errno.None;
        }

        return target.Length < volume.Geometry.BlockBytes ? StoreSlow(inode, target) : Errno.ENAMETOOLONG;
    }

    private Errno StoreSlow(in InodeLease inode, ReadOnlySpan<byte> target)
    {
        Ext2Volume volume = core.Volume;
        Errno error = volume.AllocateContent(core.Number, BlockNumber.None, 1, out BlockRun run);
        if (error != Errno.None)
        {
            return error;
        }

        using BlockLease lease = volume.Cache.Create(run.Start);
        target.CopyTo(lease.Bytes);
        lease.MarkDirty(WriteStage.Referenced);
        InodeView view = inode.View;
        view.Size = target.Length;
        return volume.Map.Insert(core.Number, inode, default, run, out _);
    }

    private Errno ReadSlow(in InodeLease inode, Span<byte> buffer, int length)
    {
        Ext2Volume volume = core.Volume;
        Errno error = volume.Map.Map(core.Number, inode, default, 1, out BlockRun run);
        if (error != Errno.None)
        {
            return error;
        }

        if (run.IsHole)
        {
            return volume.Corrupt(core.Number, BlockNumber.None, "is a symbolic link without a block");
        }

        using BlockLease lease = volume.Cache.Read(run.Start);
        return lease.Error != Errno.None ? lease.Error : CopyOut(lease.Bytes, buffer, length);
    }

    // A zero byte within the target would end it early for whoever reads it as a string.
    private Errno CopyOut(ReadOnlySpan<byte> from, Span<byte> buffer, int length)
    {
        ReadOnlySpan<byte> target = from[..length];
        if (target.Contains((byte)0))
        {
            return core.Volume.Corrupt(core.Number, BlockNumber.None, "is a symbolic link with a zero byte in its target");
        }

        target.CopyTo(buffer);
        return Errno.None;
    }
}
