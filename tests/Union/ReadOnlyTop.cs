using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>A layer that says it is read-only, as an image opened with <c>-o ro</c> does. Does not end what it stands for.</summary>
internal sealed class ReadOnlyTop(FileSystem inner) : FileSystem
{
    public override DirectoryInode Root => inner.Root;

    public override bool IsReadOnly => true;

    public override bool IsExclusive => inner.IsExclusive;

    public override long MaximumFileBytes => inner.MaximumFileBytes;

    public override Result<Inode> Find(ulong number) => inner.Find(number);

    public override Errno GetStatistics(out Statistics statistics) => inner.GetStatistics(out statistics);

    public override Errno Sync() => Errno.None;

    public override Errno Unmount() => Errno.None;

    protected override void Dispose(bool disposing)
    {
    }
}
