using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>Hands records to the contract's sinks: entries to a <see cref="DirectorySink"/>, entries and marks to a <see cref="SlotSink"/>.</summary>
internal readonly struct RecordSink(DirectorySink? entries, SlotSink? slots) : IRecordVisitor
{
    /// <summary>The volume's index of copies, in the directory at hand, is no name of it.</summary>
    public bool HidesIndex { get; init; }

    /// <inheritdoc/>
    public bool Visit(scoped DirectoryRecord record, long nextCookie)
    {
        if (HidesIndex && record.Name.SequenceEqual(CopyIndexName.Directory))
        {
            return true;
        }

        if (record.IsMark)
        {
            SlotKind kind = record.Type == DirectoryEntryType.Whiteout ? SlotKind.Whiteout : SlotKind.Fallthru;
            return slots is null || slots.Add(record.Name, kind, 0, InodeKind.Unknown, nextCookie);
        }

        return slots is not null
            ? slots.Add(record.Name, SlotKind.Inode, record.Inode.Value, record.Type.ToKind(), nextCookie)
            : entries!.Add(record.Name, record.Inode.Value, record.Type.ToKind(), nextCookie);
    }
}
