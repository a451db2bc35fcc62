using System.Globalization;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Incomplete and indexed copies by inode, and the table of lowers, for a list. Reads only; what is damaged is left out.</summary>
internal sealed class CopyList(CheckedVolume volume)
{
    /// <summary>Path of the index of copies.</summary>
    public const string IndexPath = "/.ext2u-index";

    private const int ReadBytes = 1 << 20;
    private readonly AttributeReader attributes = new(volume);
    private readonly BlockTree tree = new(volume);
    private readonly HashSet<uint> indirect = [];
    private readonly Dictionary<uint, Copy> copies = [];
    private readonly List<RememberedLower> lowers = [];

    /// <summary>One line for each row of the table of lowers.</summary>
    public IEnumerable<string> Lowers => lowers.Select(lower => Invariant(
        $"lower {lower.Number}\t{lower.Identity.Text}{(lower.IsCurrent ? "\tin the last stack" : "")}"));

    /// <summary>Reads the inode tables. A volume without the feature fallthru has no such copies, and its tables are not read.</summary>
    public void Find()
    {
        byte[]? table = attributes.Read(new InodeView(volume.ReadInode(InodeNumber.Root.Value)), XattrName.Lowers);
        if (table is not null)
        {
            _ = LowerTable.ReadSound(table, lowers);
        }
        for (uint group = 0; group < volume.Geometry.GroupCount && volume.Has(IncompatFeatures.Fallthru); group++)
        {
            ScanGroup(group);
        }
    }

    /// <summary>Whether an inode is an incomplete or an indexed copy.</summary>
    public bool Has(uint inode) => copies.ContainsKey(inode);

    /// <summary>What follows the path of an incomplete file; null of any other inode.</summary>
    public string? Incomplete(uint inode) => copies.TryGetValue(inode, out Copy copy) && copy.Source.IsIncomplete ? Text(copy) : null;

    /// <summary>What follows the path of an entry of the index; null of what should not be in it.</summary>
    public string? Indexed(uint inode) => copies.TryGetValue(inode, out Copy copy) && copy.Source.IsIndexed
        ? Invariant($"{Text(copy)}\t{copy.Source.LowerNames} names below")
        : null;

    private void ScanGroup(uint group)
    {
        Geometry geometry = volume.Geometry;
        long left = (long)geometry.InodesPerGroup * geometry.InodeBytes;
        long offset = geometry.ByteOf(new BlockNumber(volume.Descriptor(group).InodeTable));
        uint inode = (group * geometry.InodesPerGroup) + 1;
        byte[] buffer = new byte[Math.Min(left, ReadBytes)];
        while (left > 0)
        {
            Span<byte> part = buffer.AsSpan(0, (int)Math.Min(left, buffer.Length));
            volume.Store.ReadBytes(offset, part);
            for (int at = 0; at < part.Length; at += geometry.InodeBytes, inode++)
            {
                Look(inode, new InodeView(part.Slice(at, geometry.InodeBytes)));
            }
            offset += part.Length;
            left -= part.Length;
        }
    }

    private void Look(uint inode, InodeView view)
    {
        if (view.Raw.LinksCount == 0 || inode < volume.FirstInode || attributes.Read(view, XattrName.Copy) is not { } value
            || CopyRecord.Read(value, out CopySource source, out ReadOnlySpan<byte> path) != CopyRecordFault.None
            || CopyRecord.FaultFor(source, view.Kind, view.Size) != CopyRecordFault.None || !(source.IsIncomplete || source.IsIndexed))
        {
            return;
        }
        copies[inode] = new Copy(source, path.ToArray(), source.IsIncomplete ? BytesBelow(view, source.Remainder) : 0);
    }

    // What is missing below the remainder; the last block may count in part.
    private long BytesBelow(InodeView view, long remainder)
    {
        indirect.Clear();
        var counter = new Counter(volume, indirect, remainder);
        _ = tree.Walk(view, ref counter);
        return Math.Max(0, remainder - counter.Bytes);
    }

    private string Text(in Copy copy)
    {
        ushort number = copy.Source.Layer;
        string lower = lowers.Find(row => row.Number == number)?.Identity.Text ?? "not in the table of lowers";
        string source = copy.Path.Length == 0 ? Invariant($"inode {copy.Source.Inode}") : "path " + Place.Show(copy.Path);
        return Invariant($"\t{copy.Bytes} bytes below\tlower {number}: {lower}\t{source}");
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Copy(CopySource Source, byte[] Path, long Bytes);

    // No indirect block twice: one that leads to itself would never end.
    private struct Counter(CheckedVolume volume, HashSet<uint> indirect, long end) : IBlockVisitor
    {
        public long Bytes { get; private set; }

        public bool Visit(ref uint pointer, long index, int level)
        {
            bool isLegal = volume.IsLegal(pointer) && (level == 0 || (!volume.IsMetadata(pointer) && indirect.Add(pointer)));
            if (isLegal && level == 0)
            {
                Bytes += Math.Clamp(end - (index << volume.Geometry.BlockBits), 0, volume.BlockBytes);
            }
            return isLegal;
        }
    }
}
