using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Ext2.Storage;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// The attributes of inodes: within the inode behind i_extra_isize where they fit, else in a block (kernel ext4_xattr_set_handle). Each
/// stands in one of the two. Values are as on the disk; access control lists are converted by who asks. Guarded by the volume's lock; every
/// method that changes something requires a change that was begun, and leaves times alone.
/// </summary>
internal sealed class XattrStore(Ext2Volume volume)
{
    // What a device writes whole or not at all.
    private const int SectorBytes = 512;

    private readonly XattrBlocks blocks = new(volume);
    private readonly byte[] newBlock = new byte[volume.Geometry.BlockBytes];
    private readonly byte[] newRest = new byte[volume.Geometry.InodeBytes];

    /// <summary>
    /// Finds a value. It lies in the inode's record or in the block of <paramref name="lease"/>, which the caller disposes. Errors: ENODATA, EIO, EUCLEAN.
    /// </summary>
    public Errno Find(InodeNumber number, in InodeLease inode, scoped XattrName name, out BlockLease lease, out ReadOnlySpan<byte> value)
    {
        lease = default;
        value = default;
        Errno error = OpenRest(number, inode, out XattrRegion rest);
        if (error != Errno.None || rest.TryFind(name, out value))
        {
            return error;
        }

        error = blocks.Open(number, inode, out lease, out XattrRegion block);
        return error != Errno.None ? error : block.TryFind(name, out value) ? Errno.None : Errno.ENODATA;
    }

    /// <summary>Copies a value. An empty buffer asks for the length. Errors: ENODATA, ERANGE, EIO, EUCLEAN.</summary>
    public Errno Get(InodeNumber number, in InodeLease inode, scoped XattrName name, Span<byte> buffer, out int length)
    {
        Errno error = Find(number, inode, name, out BlockLease lease, out ReadOnlySpan<byte> value);
        using (lease)
        {
            length = value.Length;
            return error != Errno.None ? error : buffer.IsEmpty || value.TryCopyTo(buffer) ? Errno.None : Errno.ERANGE;
        }
    }

    /// <summary>Sets a value. Errors: EEXIST, ENODATA, ENOSPC (also when no block could hold it), EIO, EUCLEAN.</summary>
    public Errno Set(InodeNumber number, in InodeLease inode, scoped XattrName name, ReadOnlySpan<byte> value, XattrFlags flags)
    {
        Errno error = OpenRest(number, inode, out XattrRegion rest);
        if (error != Errno.None)
        {
            return error;
        }

        error = blocks.Open(number, inode, out BlockLease lease, out XattrRegion block);
        using (lease)
        {
            if (error != Errno.None)
            {
                return error;
            }

            bool isInRest = rest.TryFind(name, out ReadOnlySpan<byte> old);
            bool isInBlock = !isInRest && block.TryFind(name, out old);
            bool exists = isInRest || isInBlock;
            if ((flags & (exists ? XattrFlags.Create : XattrFlags.Replace)) != 0)
            {
                return exists ? Errno.EEXIST : Errno.ENODATA;
            }

            return exists && old.SequenceEqual(value)
                ? Errno.None
                : Put(number, inode, new Places(lease, rest, block) { IsInRest = isInRest, IsInBlock = isInBlock }, name, value);
        }
    }

    /// <summary>Removes an attribute. Errors: ENODATA; ENOSPC when others share its block and none is left for this inode alone; EIO, EUCLEAN.</summary>
    public Errno Remove(InodeNumber number, in InodeLease inode, scoped XattrName name)
    {
        Errno error = OpenRest(number, inode, out XattrRegion rest);
        if (error != Errno.None)
        {
            return error;
        }

        if (rest.TryFind(name, out _))
        {
            RemoveFromRest(inode, rest, name);
            return Errno.None;
        }

        error = blocks.Open(number, inode, out BlockLease lease, out XattrRegion block);
        using (lease)
        {
            return error != Errno.None ? error
                : block.TryFind(name, out _) ? RemoveFromBlock(number, inode, lease, block, name)
                : Errno.ENODATA;
        }
    }

    /// <summary>Whether an attribute lies in the same sector as size and blocks of its inode, and so changes together with them.</summary>
    public bool IsInRecord(InodeNumber number, in InodeLease inode, scoped XattrName name) =>
        volume.Geometry.InodeBytes <= SectorBytes && OpenRest(number, inode, out XattrRegion rest) == Errno.None && rest.TryFind(name, out _);

    /// <summary>Lists the full names but the union's own, each ended by a zero. An empty buffer asks for the length. Errors: ERANGE, EIO, EUCLEAN.</summary>
    public Errno List(InodeNumber number, in InodeLease inode, Span<byte> buffer, out int length)
    {
        length = 0;
        Errno error = OpenRest(number, inode, out XattrRegion rest);
        if (error != Errno.None)
        {
            return error;
        }

        error = blocks.Open(number, inode, out BlockLease lease, out XattrRegion block);
        using (lease)
        {
            if (error != Errno.None)
            {
                return error;
            }

            AddNames(rest, buffer, ref length);
            AddNames(block, buffer, ref length);
            return buffer.IsEmpty || length <= buffer.Length ? Errno.None : Errno.ERANGE;
        }
    }

    /// <summary>The inode goes: gives up its part of its block and leaves its record alone. Errors: EIO, EUCLEAN.</summary>
    public Errno Release(InodeNumber number, in InodeLease inode) => blocks.Release(number, inode);

    private static void AddNames(XattrRegion region, Span<byte> buffer, ref int length)
    {
        int at = region.FirstEntry;
        while (region.TryRead(ref at, out XattrRecord record))
        {
            ReadOnlySpan<byte> prefix = record.Name.Prefix;
            ReadOnlySpan<byte> suffix = record.Name.Suffix;
            if (prefix.IsEmpty || record.Name.IsOfUnions)
            {
                continue;
            }

            int end = length + prefix.Length + suffix.Length + 1;
            if (end <= buffer.Length)
            {
                prefix.CopyTo(buffer[length..]);
                suffix.CopyTo(buffer[(length + prefix.Length)..]);
                buffer[end - 1] = 0;
            }

            length = end;
        }
    }

    private static Span<byte> RestOf(in InodeLease inode) => inode.View.Bytes[inode.View.AttributesOffset..];

    private Errno OpenRest(InodeNumber number, in InodeLease inode, out XattrRegion region)
    {
        Span<byte> rest = RestOf(inode);
        region = default;
        if (!XattrRegion.HasMagic(rest))
        {
            return Errno.None;
        }

        XattrFault fault = XattrRegion.Check(rest, XattrLayout.Inode);
        if (fault != XattrFault.None)
        {
            return volume.Corrupt(number, BlockNumber.None, $"has attributes in its record that are not sound ({fault})");
        }

        region = new XattrRegion(rest, XattrLayout.Inode);
        return Errno.None;
    }

    private Errno Put(InodeNumber number, in InodeLease inode, in Places places, scoped XattrName name, ReadOnlySpan<byte> value)
    {
        // What cannot fail comes last, so that a refusal changes nothing.
        Span<byte> rest = newRest.AsSpan(0, RestOf(inode).Length);
        XattrBuilder builder = new(rest, XattrLayout.Inode);
        if (builder.TryAddAllBut(places.Rest, name) && builder.TryAdd(name, value))
        {
            builder.FinishInode();
            Errno removed = places.IsInBlock ? RemoveFromBlock(number, inode, places.Lease, places.Block, name) : Errno.None;
            if (removed == Errno.None)
            {
                rest.CopyTo(RestOf(inode));
                inode.MarkDirty();
            }

            return removed;
        }

        builder = new XattrBuilder(newBlock, XattrLayout.Block);
        if (!builder.TryAddAllBut(places.Block, name) || !builder.TryAdd(name, value))
        {
            return Errno.ENOSPC;
        }

        builder.FinishBlock();
        Errno error = blocks.Replace(number, inode, places.Lease, newBlock);
        if (error == Errno.None && places.IsInRest)
        {
            RemoveFromRest(inode, places.Rest, name);
        }

        return error;
    }

    private void RemoveFromRest(in InodeLease inode, XattrRegion region, scoped XattrName name)
    {
        Span<byte> rest = newRest.AsSpan(0, RestOf(inode).Length);
        XattrBuilder builder = new(rest, XattrLayout.Inode);
        _ = builder.TryAddAllBut(region, name);
        builder.FinishInode();
        rest.CopyTo(RestOf(inode));
        inode.MarkDirty();
    }

    private Errno RemoveFromBlock(InodeNumber number, in InodeLease inode, in BlockLease lease, XattrRegion block, scoped XattrName name)
    {
        XattrBuilder builder = new(newBlock, XattrLayout.Block);
        _ = builder.TryAddAllBut(block, name);
        if (builder.IsEmpty)
        {
            return blocks.Drop(number, inode);
        }

        builder.FinishBlock();
        return blocks.Replace(number, inode, lease, newBlock);
    }

    // Where the attributes of an inode lie, and in which of the two the one at hand stands.
    private readonly ref struct Places(BlockLease lease, XattrRegion rest, XattrRegion block)
    {
        public BlockLease Lease { get; } = lease;
        public XattrRegion Rest { get; } = rest;
        public XattrRegion Block { get; } = block;
        public bool IsInRest { get; init; }
        public bool IsInBlock { get; init; }
    }
}
