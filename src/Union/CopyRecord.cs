using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Changes of the records that copies keep: read, changed and written back. Requires: the tree lock is held, for others change other fields of them.</summary>
internal static class CopyRecord
{
    private const int MaximumPathBytes = 4096;

    /// <summary>Notes whether a copy is indexed and how many of its source's names still show. Errors: ENODATA without a record, ENOSPC, EIO.</summary>
    public static Errno SetNames(Inode copy, bool isIndexed, uint lowerNames)
    {
        Span<byte> path = stackalloc byte[MaximumPathBytes];
        Errno error = copy.GetCopySource(path, out CopySource source, out int length);
        (source.IsIndexed, source.LowerNames) = (isIndexed, lowerNames);
        return error == Errno.None ? copy.SetCopySource(source, path[..length]) : error;
    }
}
