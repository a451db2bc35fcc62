using Ext2Union.Linux.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>Listing. Cookies are the host's own.</summary>
internal sealed partial class HostDirectoryInode
{
    // Small: when the sink is full in the middle of a piece, the rest of it is read again by the next call.
    private const int PieceBytes = 2048;

    /// <inheritdoc/>
    public override Errno Enumerate(long cookie, DirectorySink sink)
    {
        EntryTarget target = new(sink);
        return Walk(cookie, target);
    }

    /// <inheritdoc/>
    public override Errno EnumerateSlots(long cookie, SlotSink sink)
    {
        SlotTarget target = new(sink);
        return Walk(cookie, target);
    }

    private Errno Walk<TTarget>(long cookie, TTarget target)
        where TTarget : struct, IEntryTarget
    {
        if (Object.IsHidden)
        {
            return Errno.None;
        }

        Errno error = Object.FileSystem.Descriptors.BorrowContent(Object, out DescriptorLease lease);
        if (error != Errno.None)
        {
            return error;
        }

        using (lease)
        using (lease.Cached.EntryGate.Enter())
        {
            error = EntryCalls.Seek(lease.Descriptor, cookie, 0, out _);
            return error == Errno.None ? WalkFromHere(lease.Descriptor, target) : error;
        }
    }

    private Errno WalkFromHere<TTarget>(int directory, TTarget target)
        where TTarget : struct, IEntryTarget
    {
        Span<byte> piece = stackalloc byte[PieceBytes];
        while (true)
        {
            Errno error = EntryCalls.ReadEntries(directory, piece, out int length);
            if (error != Errno.None || length == 0)
            {
                return error;
            }

            EntryReader reader = new(piece[..length]);
            while (reader.MoveNext())
            {
                InodeKind kind = reader.Kind == InodeKind.Unknown ? KindOf(directory, reader.Name) : reader.Kind;
                ulong number = Object.FileSystem.NumberOf(new HostKey(Object.Key.Volume, reader.Inode));
                if (!target.Add(reader.Name, number, kind, reader.NextCookie))
                {
                    return Errno.None;
                }
            }
        }
    }

    // Some file systems do not keep the kind with the name.
    private InodeKind KindOf(int directory, ReadOnlySpan<byte> name)
    {
        Span<byte> terminatedName = stackalloc byte[MaximumNameBytes + 1];
        if (name.Length > MaximumNameBytes)
        {
            return InodeKind.Unknown;
        }

        name.CopyTo(terminatedName);
        terminatedName[name.Length] = 0;
        return Object.FileSystem.GetStatus(directory, terminatedName, out EntryStatus status, out bool isHidden) == Errno.None && !isHidden
            ? status.Attributes.Kind
            : InodeKind.Directory;
    }

    private interface IEntryTarget
    {
        public bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie);
    }

    private readonly struct EntryTarget(DirectorySink sink) : IEntryTarget
    {
        public bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie) => sink.Add(name, inode, kind, nextCookie);
    }

    private readonly struct SlotTarget(SlotSink sink) : IEntryTarget
    {
        public bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie) =>
            sink.Add(name, SlotKind.Inode, inode, kind, nextCookie);
    }
}
