using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Counts the names that lead from below to the indexed copies of the top: through the indexes of lowers that were tops, as a union follows them. A source with one
/// name is found under it without an index, so that name leads to no copy.
/// </summary>
internal sealed class CopyNames
{
    private readonly LowerStack stack;
    private readonly Dictionary<(int Place, ulong Inode), TopCopy> copies = [];

    public CopyNames(CheckedVolume volume, InodeFacts facts, LowerStack stack)
    {
        this.stack = stack;
        var attributes = new AttributeReader(volume);
        foreach (uint inode in facts.Copies.Inodes)
        {
            var view = new InodeView(volume.ReadInode(inode));
            if (facts.Inodes.IsUsed(inode) && attributes.Read(view, XattrName.Copy) is { } value
                && CopyRecord.Read(value, out CopySource source, out ReadOnlySpan<byte> path) == CopyRecordFault.None
                && source.IsIndexed && stack.Numbers.TryPlace(0, source.Layer, out int place))
            {
                copies[(place, source.Inode)] =
                    new TopCopy { Inode = inode, Kind = view.Kind, BirthTime = view.BirthTime, Record = source, Path = path.ToArray() };
            }
        }
    }

    /// <summary>The copies whose source's layer is there, by inode.</summary>
    public IEnumerable<TopCopy> All => copies.Values.OrderBy(copy => copy.Inode);

    /// <summary>Whether there is nothing to count.</summary>
    public bool IsEmpty => copies.Count == 0;

    /// <summary>Meets a name of the merged view that leads below the top, and to no directory.</summary>
    public void Meet(LowerFound found)
    {
        bool isLinked = false;
        (int place, LowerNode node) = (found.Place, found.Node);
        for (int holder = place - 1; holder >= 0; holder--)
        {
            TopCopy? copy = null;
            LowerNode next = default;
            bool isEntered = holder == 0 ? copies.TryGetValue((place, node.Number), out copy)
                : stack.Numbers.TryNumber(holder, place, out ushort number) && stack.LayerAt(holder).TryFindIndexed(number, node.Number, out next);
            if (!isEntered)
            {
                continue;
            }
            isLinked = isLinked || HasSeveralNames(found);
            if (!isLinked)
            {
                return;
            }
            LowerFacts source = stack.LayerAt(place).FactsOf(node);
            if (copy is not null)
            {
                copy.Names += IsOf(source, copy.Kind, copy.Record, copy.BirthTime) ? 1u : 0;
                return;
            }
            LowerFacts between = stack.LayerAt(holder).FactsOf(next);
            if (between is { HasRecord: true, Record.IsIndexed: true } && IsOf(source, between.Kind, between.Record, between.BirthTime))
            {
                (place, node) = (holder, next);
            }
        }
    }

    // A base that was rebuilt has other files under the same numbers.
    private static bool IsOf(in LowerFacts source, InodeKind kind, in CopySource record, Timestamp birth) =>
        source.Kind == kind && source.Generation == record.Generation
        && (source.BirthTime.Seconds == birth.Seconds || source.BirthTime.Seconds == 0 || birth.Seconds == 0);

    // An entry in the index is a link, but no name.
    private bool HasSeveralNames(LowerFound found)
    {
        LowerFacts facts = stack.LayerAt(found.Place).FactsOf(found.Node);
        bool isIndexed = facts is { HasRecord: true, Record.IsIndexed: true };
        long offset = !isIndexed ? 0 : stack.Numbers.TryPlace(found.Place, facts.Record.Layer, out _) ? facts.Record.LowerNames - 1L : -1;
        return facts.Links + offset > 1;
    }
}
