using System.Text;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Gives entries of one name different ones where they lie, for a directory that cannot be written anew because the volume is full. A new name takes the room of its
/// record, so it needs no block, and each is one write.
/// </summary>
internal sealed class DoubleNames(CheckedVolume volume)
{
    private readonly byte[] block = new byte[volume.BlockBytes];

    /// <summary>
    /// Renames all but the first of each name. Requires: sound record chains. The order by hash is broken afterwards. Returns how many keep their name, because all that
    /// fit into their records are taken: a record of 12 bytes has room for a tail of three digits, and one byte more would lie in the next record.
    /// </summary>
    public int Rename(uint[] blocks)
    {
        var names = new FreshNames();
        Walk(blocks, (record, bytes) =>
        {
            _ = names.Take(record.Name);
            return false;
        });
        var met = new HashSet<string>();
        int kept = 0;
        Walk(blocks, (record, bytes) =>
        {
            if (met.Add(Encoding.Latin1.GetString(record.Name)))
            {
                return false;
            }
            if (names.Invent(record.Name, record.Length - RecordLength.HeaderBytes) is not { } fresh)
            {
                kept++;
                return false;
            }
            UncheckedOverlay.RecordHeader(bytes, record.Offset).NameLength = (byte)fresh.Length;
            fresh.CopyTo(bytes.AsSpan(record.Offset + RecordLength.HeaderBytes));
            return true;
        });
        return kept;
    }

    private void Walk(uint[] blocks, Visitor visit)
    {
        foreach (uint number in blocks)
        {
            if (number == 0)
            {
                continue;
            }
            volume.Store.Read(number, block);
            bool changed = false;
            foreach (DirectoryRecord record in DirectoryBlock.OpenProved(block, volume.HasFileType))
            {
                changed |= record.IsInUse && !record.IsDots && !record.Name.IsEmpty && visit(record, block);
            }
            if (changed)
            {
                volume.Store.Write(number, block);
            }
        }
    }

    // True: the block was changed.
    private delegate bool Visitor(DirectoryRecord record, byte[] bytes);
}
