using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Tests;

/// <summary>A file system with a bug: asking for its statistics throws.</summary>
internal sealed class FaultyFileSystem(FileSystem sound) : FileSystem
{
    public override DirectoryInode Root => sound.Root;

    public override bool IsReadOnly => false;

    public override bool IsExclusive => true;

    public override long MaximumFileBytes => sound.MaximumFileBytes;

    public override Result<Inode> Find(ulong number) => sound.Find(number);

    public override Errno GetStatistics(out Statistics statistics) => throw new InvalidOperationException("a bug");

    public override Errno Sync() => Errno.None;

    public override Errno Unmount() => Errno.None;

    protected override void Dispose(bool disposing)
    {
    }
}
