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
    private const int LongestName = 255;
    private readonly byte[] block = new byte[volume.BlockBytes];

    /// <summary>Renames all but the first of each name. Requires: sound record chains. The order by hash is broken afterwards.</summary>
    public void Rename(uint[] blocks)
    {
        var names = new HashSet<string>();
        Walk(blocks, (record, bytes) =>
        {
            _ = names.Add(Encoding.Latin1.GetString(record.Name));
            return false;
        });
        var met = new HashSet<string>();
        Walk(blocks, (record, bytes) =>
        {
            string name = Encoding.Latin1.GetString(record.Name);
            if (met.Add(name))
            {
                return false;
            }
            byte[] fresh = Encoding.Latin1.GetBytes(Invent(name, Math.Min(record.Length - RecordLength.HeaderBytes, LongestName), names));
            UncheckedOverlay.RecordHeader(bytes, record.Offset).NameLength = (byte)fresh.Length;
            fresh.CopyTo(bytes.AsSpan(record.Offset + RecordLength.HeaderBytes));
            return true;
        });
    }

    private static string Invent(string name, int room, HashSet<string> names)
    {
        string fresh;
        int number = 0;
        do
        {
            string tail = "~" + number++;
            fresh = name[..Math.Min(name.Length, Math.Max(room - tail.Length, 0))] + tail;
        }
        while (!names.Add(fresh));
        return fresh;
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
