using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory.Tests;

/// <summary>A scratch directory shown as a layer, and short ways to compare both.</summary>
internal sealed class HostFixture : IDisposable
{
    private readonly ScratchDirectory scratch = new("host");
    private readonly List<string> mounts = [];
    private HostFileSystem? fileSystem;

    /// <summary>The host's side. Fill it before <see cref="FileSystem"/> is asked for.</summary>
    public string Path => scratch.FullPath;

    public int DescriptorCount { get; init; } = HostFileSystem.DefaultDescriptorCount;

    public HostFileSystem FileSystem => fileSystem ??= HostFileSystem.Open(Path, DescriptorCount).Value;

    public LayerDirectory Root => (LayerDirectory)FileSystem.Root;

    public void MountTmpfs(string name)
    {
        ProcessResult mounted = ProcessRunner.Run("mount", "-t", "tmpfs", "-o", "size=1m", "none", scratch.Folder(name));
        Assert.Equal(0, mounted.ExitCode);
        mounts.Add(scratch[name]);
    }

    public void Dispose()
    {
        fileSystem?.Dispose();
        mounts.ForEach(mount => ProcessRunner.Run("umount", "-l", mount));
        scratch.Dispose();
    }

    public static byte[] B(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Looks up a path of names; the caller holds one reference.</summary>
    public Inode Find(string path)
    {
        Inode at = Root;
        at.Acquire();
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Result<Inode> next = ((DirectoryInode)at).Lookup(B(name));
            at.Release();
            Assert.True(next.Succeeded, $"{path}: {next.Error}");
            at = next.Value;
        }

        return at;
    }

    public Attributes Attributes(string path)
    {
        Inode inode = Find(path);
        Assert.Equal(Errno.None, inode.GetAttributes(out Attributes attributes));
        inode.Release();
        return attributes;
    }

    public Attributes OnHost(string path) => Posix.Stat(B(System.IO.Path.Combine(Path, path))).Value;

    public static List<(byte[] Name, ulong Inode, InodeKind Kind)> List(DirectoryInode directory, int atOnce = int.MaxValue)
    {
        List<(byte[], ulong, InodeKind)> all = [];
        Sink sink = new(all);
        do
        {
            sink.Left = atOnce;
            Assert.Equal(Errno.None, directory.Enumerate(sink.Cookie, sink));
        }
        while (sink.Left < 0);
        return all;
    }

    private sealed class Sink(List<(byte[] Name, ulong Inode, InodeKind Kind)> all) : DirectorySink
    {
        public long Cookie { get; private set; }
        public int Left { get; set; }

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            if (--Left < 0)
            {
                return false;
            }

            all.Add((name.ToArray(), inode, kind));
            Cookie = nextCookie;
            return true;
        }
    }
}
