using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>A layer in memory that stays when its union ends: a remount is a new union over the same layers.</summary>
internal sealed class KeptFileSystem(FileSystem kept) : FileSystem
{
    public override DirectoryInode Root => kept.Root;

    public override bool IsReadOnly => kept.IsReadOnly;

    public override bool IsExclusive => kept.IsExclusive;

    public override long MaximumFileBytes => kept.MaximumFileBytes;

    public override Result<Inode> Find(ulong number) => kept.Find(number);

    public override Errno GetStatistics(out Statistics statistics) => kept.GetStatistics(out statistics);

    public override Errno Sync() => kept.Sync();

    public override Errno Unmount() => kept.Sync();

    protected override void Dispose(bool disposing)
    {
    }
}
