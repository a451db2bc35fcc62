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

    public override LayerIdentity Identity => kept.Identity;

    public override CopyIndex? Index => kept.Index;

    public override Errno ReadLowers(ICollection<RememberedLower> lowers) => kept.ReadLowers(lowers);

    public override Errno StoreLowers(IReadOnlyCollection<RememberedLower> lowers) => kept.StoreLowers(lowers);

    public override bool TryGetCopySource(ulong number, out CopySource source) => kept.TryGetCopySource(number, out source);

    public override Result<Inode> FindSource(ulong number, ReadOnlySpan<byte> path) => kept.FindSource(number, path);

    public override Errno GetSourcePath(Inode inode, Span<byte> path, out int length) => kept.GetSourcePath(inode, path, out length);

    public override Errno GetStatistics(out Statistics statistics) => kept.GetStatistics(out statistics);

    public override Errno Sync() => kept.Sync();

    public override Errno Unmount() => kept.Sync();

    protected override void Dispose(bool disposing)
    {
    }
}
