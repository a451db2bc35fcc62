using System.Buffers;
using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Finds the source of an incomplete copy through its record, and holds it against the record: number, generation, size and both times. Whatever differs,
/// its data is not the copy's: EIO and one line in the log, never other data.
/// </summary>
internal static class SourceSearch
{
    private const int MaximumPathBytes = 4096;

    /// <summary>Finds the source. Hands out a reference with it. Errors: EIO.</summary>
    public static Errno Find(UnionFileSystem union, LayerFile copy, out LayerSource? source)
    {
        source = null;
        if (!union.LayerNumbers.TryPlace(copy.Place, copy.Record.Layer, out int place) || union.LayerOf(place) is not { } layer)
        {
            Report(union, copy, -1, "is not in the stack");
            return Errno.EIO;
        }

        Errno error = Locate(layer, copy, out Inode? found);
        string? fault = error == Errno.None ? Compare(copy.Record, found!) : $"has it no more ({error})";
        CopySource record = default;
        if (fault is null && LayerFile.ReadRecord((FileInode)found!, out record) is var unread and not Errno.None)
        {
            fault = $"holds a copy whose record cannot be read ({unread})";
        }

        if (fault is not null)
        {
            found?.Release();
            Report(union, copy, place, fault);
            return Errno.EIO;
        }

        source = new LayerSource(union, copy, new LayerFile(union, place, (FileInode)found!, record));
        return Errno.None;
    }

    /// <summary>Null when an inode is what a record says, else how it differs.</summary>
    public static string? Compare(in CopySource record, Inode inode)
    {
        if (inode is not FileInode)
        {
            return "has something else under that number";
        }

        Errno error = inode.GetAttributes(out Attributes attributes);
        return error != Errno.None ? $"cannot be asked ({error})"
            : inode.Number != record.Inode || inode.Generation != record.Generation ? "has another file in its place"
            : attributes.Size != record.Size ? $"was changed: size {attributes.Size}, not {record.Size}"
            : attributes.ModifyTime != record.ModifyTime ? "was changed: another modification time"
            : attributes.ChangeTime != record.ChangeTime ? "was changed: another change time"
            : null;
    }

    /// <summary>One line about a copy whose source cannot be read.</summary>
    public static void Report(UnionFileSystem union, LayerFile copy, int place, string fault)
    {
        if (!copy.BeginReport())
        {
            return;
        }

        string holder = copy.Place == 0 ? "the top" : $"lower {copy.Place} ({NameOf(union, copy.Place)})";
        string lower = place < 0 ? $"the lower with number {copy.Record.Layer}" : $"lower {place} ({NameOf(union, place)})";
        union.Options.Log.Report(
            $"union: inode {copy.Inode.Number} of {holder} is an incomplete copy of inode {copy.Record.Inode} of {lower}, which {fault}; what the copy lacks answers EIO");
    }

    private static string NameOf(UnionFileSystem union, int place) => union.LayerOf(place)?.Identity.Text ?? "none";

    private static Errno Locate(FileSystem layer, LayerFile copy, out Inode? found)
    {
        found = null;
        byte[] path = ArrayPool<byte>.Shared.Rent(MaximumPathBytes);
        Errno error = copy.Inode.GetCopySource(path, out CopySource record, out int length);
        if (error == Errno.None)
        {
            _ = layer.FindSource(record.Inode, path.AsSpan(0, length)).TryGet(out found, out error);
        }

        ArrayPool<byte>.Shared.Return(path);
        return error;
    }
}
