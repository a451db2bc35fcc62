using Ext2Union.HostDirectory;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>Directories of the host below a tmpfs.</summary>
internal sealed class HostRecipe : IUnionRecipe
{
    private readonly TmpfsFileSystem top = new(new TmpfsOptions { Mode = 0x1FF });

    public FileSystem NewTop() => new KeptFileSystem(top);

    public FileSystem NewLower(IReadOnlyList<Operation> steps, string hostDirectory) => new HostLayer(hostDirectory);

    public FileSystem Reopen(FileSystem layer, bool isTop) => isTop ? layer : new HostLayer(((HostLayer)layer).Path);

    public string? Judge(FileSystem top) => null;

    public void Dispose() => top.Dispose();

    // Remembers its path, so that it can be opened again.
    private sealed class HostLayer(string path) : FileSystem
    {
        private readonly HostFileSystem layer = HostFileSystem.Open(path).TryGet(out HostFileSystem opened, out Errno error)
            ? opened
            : throw new InvalidOperationException($"{path}: {error}");

        public string Path => path;

        public override DirectoryInode Root => layer.Root;

        public override bool IsReadOnly => true;

        public override bool IsExclusive => layer.IsExclusive;

        public override long MaximumFileBytes => layer.MaximumFileBytes;

        public override Result<Inode> Find(ulong number) => layer.Find(number);

        public override LayerIdentity Identity => layer.Identity;

        public override Result<Inode> FindSource(ulong number, ReadOnlySpan<byte> path) => layer.FindSource(number, path);

        public override Errno GetSourcePath(Inode inode, Span<byte> path, out int length) => layer.GetSourcePath(inode, path, out length);

        public override Errno GetStatistics(out Statistics statistics) => layer.GetStatistics(out statistics);

        public override Errno Sync() => layer.Sync();

        public override Errno Unmount() => layer.Unmount();

        protected override void Dispose(bool disposing) => layer.Dispose();
    }
}
