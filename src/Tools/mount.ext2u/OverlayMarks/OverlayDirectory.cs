using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount.OverlayMarks;

/// <summary>
/// A directory of an <see cref="OverlayLayer"/>. It is made anew for each lookup and holds one reference to the directory behind it; both have the same number.
/// </summary>
internal sealed class OverlayDirectory(OverlayLayer owner, LayerDirectory inner) : ReadOnlyDirectory
{
    private const byte Opaque = (byte)'y';
    private const byte HoldsWhiteoutFiles = (byte)'x';

    private readonly byte mark = OverlayAttributes.OpaqueOf(inner);
    private int isReleased;

    /// <summary>The directory behind this one.</summary>
    public LayerDirectory Inner => inner;

    /// <inheritdoc/>
    public override ulong Number => inner.Number;

    /// <inheritdoc/>
    public override uint Generation => inner.Generation;

    /// <inheritdoc/>
    public override FileSystem FileSystem => owner;

    /// <inheritdoc/>
    public override bool IsOpaque => mark == Opaque || inner.IsOpaque;

    /// <inheritdoc/>
    public override Errno GetOrigin(Span<byte> path, out OriginKind kind, out int length) => inner.GetOrigin(path, out kind, out length);

    /// <inheritdoc/>
    public override Result<Slot> Peek(ReadOnlySpan<byte> name)
    {
        Result<Slot> peeked = inner.Peek(name);
        if (!peeked.TryGet(out Slot slot, out _) || slot.Inode is not { } inode)
        {
            return peeked;
        }

        if (IsWhiteout(inode))
        {
            inode.Release();
            return Slot.Whiteout;
        }

        bool isElsewhere = inode is LayerDirectory ? OverlayAttributes.IsRedirected(inode) : inode is FileInode && OverlayAttributes.IsMetadataOnly(inode);
        if (isElsewhere)
        {
            owner.Log.Report(
                $"{owner.Identity.Text}: {Encoding.UTF8.GetString(name)} (inode {inode.Number}) has its content elsewhere (overlay {(inode is LayerDirectory ? "redirect" : "metacopy")}), "
                + "which is not read; copy it from a mount by the kernel's overlay");
            inode.Release();
            return Errno.EIO;
        }

        return inode is LayerDirectory directory ? Slot.Of(new OverlayDirectory(owner, directory)) : slot;
    }

    /// <inheritdoc/>
    public override Result<Inode> Lookup(ReadOnlySpan<byte> name) =>
        !Peek(name).TryGet(out Slot slot, out Errno error) ? error : slot.Inode is { } inode ? inode : Errno.ENOENT;

    /// <inheritdoc/>
    public override Result<DirectoryInode> Parent() =>
        !inner.Parent().TryGet(out DirectoryInode above, out Errno error) ? error
            : above is LayerDirectory directory ? new OverlayDirectory(owner, directory) : above;

    /// <inheritdoc/>
    public override Errno EnumerateSlots(long cookie, SlotSink sink)
    {
        while (true)
        {
            CollectedSlots piece = new();
            if (inner.EnumerateSlots(cookie, piece) is var error and not Errno.None)
            {
                return error;
            }

            foreach (CollectedSlot one in piece.Slots)
            {
                bool isWhiteout = one.Kind == SlotKind.Inode && MayBeWhiteout(one.InodeKind) && IsWhiteout(one.Name);
                if (!sink.Add(
                    one.Name, isWhiteout ? SlotKind.Whiteout : one.Kind, isWhiteout ? 0 : one.Inode, isWhiteout ? InodeKind.Unknown : one.InodeKind, one.NextCookie))
                {
                    return Errno.None;
                }

                cookie = one.NextCookie;
            }

            if (!piece.IsFull)
            {
                return Errno.None;
            }
        }
    }

    /// <inheritdoc/>
    public override Errno Enumerate(long cookie, DirectorySink sink) => EnumerateSlots(cookie, new VisibleNames(sink));

    /// <inheritdoc/>
    public override Errno GetAttributes(out Attributes attributes) => inner.GetAttributes(out attributes);

    /// <inheritdoc/>
    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length)
    {
        length = 0;
        return OverlayAttributes.IsOwn(name) ? Errno.ENODATA : inner.GetXattr(name, buffer, out length);
    }

    /// <summary>Without those of overlayfs. The length alone is an upper bound.</summary>
    public override Errno ListXattr(Span<byte> buffer, out int length)
    {
        Errno error = inner.ListXattr(buffer, out length);
        if (error != Errno.None || buffer.IsEmpty)
        {
            return error;
        }

        int kept = 0;
        for (int at = 0; at < length;)
        {
            int bytes = buffer[at..length].IndexOf((byte)0) + 1;
            bytes = bytes == 0 ? length - at : bytes;
            if (!OverlayAttributes.IsOwn(buffer.Slice(at, bytes)))
            {
                buffer.Slice(at, bytes).CopyTo(buffer[kept..]);
                kept += bytes;
            }

            at += bytes;
        }

        length = kept;
        return Errno.None;
    }

    /// <inheritdoc/>
    public override Errno Sync(bool dataOnly) => Errno.None;

    /// <inheritdoc/>
    protected override void LastReleased()
    {
        // Nobody finds this object again: no table knows it.
        if (Interlocked.Exchange(ref isReleased, 1) == 0)
        {
            inner.Release();
        }
    }

    private bool MayBeWhiteout(InodeKind kind) =>
        kind is InodeKind.CharacterDevice or InodeKind.Unknown || (kind == InodeKind.File && mark == HoldsWhiteoutFiles);

    private bool IsWhiteout(ReadOnlySpan<byte> name)
    {
        if (!inner.Lookup(name).TryGet(out Inode inode, out _))
        {
            return false;
        }

        bool isWhiteout = IsWhiteout(inode);
        inode.Release();
        return isWhiteout;
    }

    private bool IsWhiteout(Inode inode)
    {
        if (!MayBeWhiteout(inode.Kind) || inode.GetAttributes(out Attributes attributes) != Errno.None)
        {
            return false;
        }

        return inode.Kind == InodeKind.CharacterDevice ? attributes.Device == default : attributes.Size == 0 && OverlayAttributes.IsWhiteout(inode);
    }

    private sealed class VisibleNames(DirectorySink sink) : SlotSink
    {
        public override bool Add(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind, long nextCookie) =>
            slot != SlotKind.Inode || sink.Add(name, inode, kind, nextCookie);
    }
}
