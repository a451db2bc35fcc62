using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount.OverlayMarks;

/// <summary>
/// A lower that once was the upper directory of the kernel's overlayfs, with what that wrote into it read as marks (lower_marks=overlay; Documentation/filesystems/
/// overlayfs.rst of Linux): character devices 0/0 and files with overlay.whiteout are whiteouts, directories with overlay.opaque=y are opaque. What would
/// have to be put together from other places (overlay.redirect, overlay.metacopy) is not read: EIO and a line in the log. Owns the layer.
/// </summary>
internal sealed class OverlayLayer : FileSystem
{
    private readonly FileSystem layer;
    private readonly OverlayDirectory root;

    public OverlayLayer(FileSystem layer, EventLog log)
    {
        this.layer = layer;
        Log = log;
        layer.Root.Acquire();
        root = new OverlayDirectory(this, (LayerDirectory)layer.Root);
    }

    /// <inheritdoc/>
    public override DirectoryInode Root => root;

    /// <inheritdoc/>
    public override bool IsReadOnly => true;

    /// <inheritdoc/>
    public override bool IsExclusive => layer.IsExclusive;

    /// <inheritdoc/>
    public override long MaximumFileBytes => layer.MaximumFileBytes;

    /// <inheritdoc/>
    public override LayerIdentity Identity => layer.Identity;

    /// <inheritdoc/>
    public override CopyIndex? Index => layer.Index;

    /// <summary>Where marks that cannot be honoured are reported.</summary>
    internal EventLog Log { get; }

    /// <inheritdoc/>
    public override Result<Inode> Find(ulong number) => Wrap(layer.Find(number));

    /// <inheritdoc/>
    public override Result<Inode> FindSource(ulong number, ReadOnlySpan<byte> path) => Wrap(layer.FindSource(number, path));

    /// <inheritdoc/>
    public override Errno GetSourcePath(Inode inode, Span<byte> path, out int length) =>
        layer.GetSourcePath(inode is OverlayDirectory directory ? directory.Inner : inode, path, out length);

    /// <inheritdoc/>
    public override Errno ReadLowers(ICollection<RememberedLower> lowers) => layer.ReadLowers(lowers);

    /// <inheritdoc/>
    public override bool TryGetCopySource(ulong number, out CopySource source) => layer.TryGetCopySource(number, out source);

    /// <inheritdoc/>
    public override Errno GetStatistics(out Statistics statistics) => layer.GetStatistics(out statistics);

    /// <inheritdoc/>
    public override Errno Sync() => Errno.None;

    /// <inheritdoc/>
    public override Errno Unmount()
    {
        root.Release();
        return layer.Unmount();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            layer.Dispose();
        }
    }

    private Result<Inode> Wrap(Result<Inode> found) =>
        found.TryGet(out Inode inode, out Errno error) ? inode is LayerDirectory inner ? new OverlayDirectory(this, inner) : inode : error;
}
