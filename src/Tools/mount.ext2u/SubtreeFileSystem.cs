using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>A directory inside a volume as a file system of its own (IMAGE//SUBDIR). Owns the volume.</summary>
internal sealed class SubtreeFileSystem : FileSystem
{
    private readonly FileSystem whole;
    private readonly DirectoryInode root;

    private SubtreeFileSystem(FileSystem whole, DirectoryInode root)
    {
        this.whole = whole;
        this.root = root;
        Identity = whole is Ext2Volume volume ? volume.IdentityOf(root) : whole.Identity;
    }

    /// <inheritdoc/>
    public override DirectoryInode Root => root;

    /// <inheritdoc/>
    public override bool IsReadOnly => whole.IsReadOnly;

    /// <inheritdoc/>
    public override bool IsExclusive => whole.IsExclusive;

    /// <inheritdoc/>
    public override long MaximumFileBytes => whole.MaximumFileBytes;

    /// <inheritdoc/>
    public override LayerIdentity Identity { get; }

    /// <summary>Walks to the directory. False: there is none, and the volume stays the caller's.</summary>
    public static bool TryOpen(FileSystem whole, string path, [NotNullWhen(true)] out SubtreeFileSystem? subtree)
    {
        subtree = null;
        DirectoryInode at = whole.Root;
        at.Acquire();
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            bool isFound = at.Lookup(Encoding.UTF8.GetBytes(name)).TryGet(out Inode next, out _);
            at.Release();
            if (!isFound)
            {
                return false;
            }

            if (next is not DirectoryInode directory)
            {
                next.Release();
                return false;
            }

            at = directory;
        }

        subtree = new SubtreeFileSystem(whole, at);
        return true;
    }

    /// <inheritdoc/>
    public override Result<Inode> Find(ulong number) => whole.Find(number);

    // For reading: what such a top could store in it would be mixed up with that of other directories of the volume, so it stores no table either.
    /// <inheritdoc/>
    public override CopyIndex? Index => whole.Index;

    /// <inheritdoc/>
    public override Errno ReadLowers(ICollection<RememberedLower> lowers) => whole.ReadLowers(lowers);

    /// <inheritdoc/>
    public override bool TryGetCopySource(ulong number, out CopySource source) => whole.TryGetCopySource(number, out source);

    /// <inheritdoc/>
    public override Result<Inode> FindSource(ulong number, ReadOnlySpan<byte> path) => whole.FindSource(number, path);

    /// <inheritdoc/>
    public override Errno GetSourcePath(Inode inode, Span<byte> path, out int length) => whole.GetSourcePath(inode, path, out length);

    /// <inheritdoc/>
    public override Errno GetStatistics(out Statistics statistics) => whole.GetStatistics(out statistics);

    /// <inheritdoc/>
    public override Errno Sync() => whole.Sync();

    /// <inheritdoc/>
    public override Errno SetReadOnly(bool readOnly) => whole.SetReadOnly(readOnly);

    /// <inheritdoc/>
    public override Errno Unmount()
    {
        root.Release();
        return whole.Unmount();
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            whole.Dispose();
        }
    }
}
