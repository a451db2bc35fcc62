using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>The sources of incomplete copies: there, and what the records say. A source that is itself incomplete leads on to its own.</summary>
internal sealed class SourceCheck(CheckedVolume volume, InodeFacts facts, LowerStack stack)
{
    private readonly AttributeReader attributes = new(volume);

    /// <summary>All incomplete copies whose data cannot be had, with the reason.</summary>
    public IEnumerable<(uint Inode, long Bytes, string Reason)> Faults()
    {
        foreach (uint inode in facts.Copies.Inodes)
        {
            _ = facts.Copies.TryGet(inode, out CopyNote note);
            // One that lacks no block needs its source no more.
            if (note is { IsReadable: true, IsIncomplete: true, MissingBlocks: > 0 } && facts.Inodes.IsUsed(inode) && FaultOf(inode) is { } reason)
            {
                yield return (inode, note.MissingBlocks << volume.Geometry.BlockBits, reason);
            }
        }
    }

    private string? FaultOf(uint inode)
    {
        byte[]? value = attributes.Read(new InodeView(volume.ReadInode(inode)), XattrName.Copy);
        return CopyRecord.Read(value, out CopySource source, out ReadOnlySpan<byte> path) == CopyRecordFault.None ? FaultOf(0, source, path) : null;
    }

    private string? FaultOf(int holder, in CopySource source, ReadOnlySpan<byte> path)
    {
        if (!stack.Numbers.TryPlace(holder, source.Layer, out int place))
        {
            string? text = holder == 0 ? facts.Copies.Lowers.Find(LayerOf(source)) is { } row ? row.Identity.Text : null : null;
            return $"{text ?? $"the lower with number {source.Layer} of {stack.LayerAt(holder).Name}"}, which is not among the lowers";
        }
        LowerLayer layer = stack.LayerAt(place);
        string what = path.IsEmpty ? $"inode {source.Inode} of {layer.Name}" : $"{Place.Show(path)} in {layer.Name}";
        if (!layer.TryFindSource(source.Inode, path, out LowerNode node))
        {
            return what + ", which is not there";
        }
        LowerFacts found = layer.FactsOf(node);
        string? difference = found.Kind != InodeKind.File || found.Generation != source.Generation ? "which is another file now"
            : found.Size != source.Size ? $"which was changed (its size is {found.Size}, not {source.Size})"
            : found.ModifyTime != source.ModifyTime ? "which was changed (it has another modification time)"
            : found.ChangeTime != source.ChangeTime ? "which was changed (it has another change time)"
            : null;
        return difference is not null ? $"{what}, {difference}"
            : found is { HasRecord: true, Record.IsIncomplete: true } ? FaultOf(place, found.Record, found.RecordPath)
            : null;
    }

    private static Predicate<RememberedLower> LayerOf(CopySource source) => row => row.Number == source.Layer;
}
