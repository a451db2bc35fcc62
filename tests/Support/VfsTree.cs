using System.Security.Cryptography;
using Ext2Union.Vfs;

namespace Ext2Union.Tests.Support;

/// <summary>A layer or a union in this process, by the contract's operations. Any error fails the test and names the path.</summary>
internal sealed class VfsTree(FileSystem fileSystem) : ITree
{
    private const int ChunkBytes = 1 << 16;

    private readonly byte[] buffer = new byte[ChunkBytes];

    public IEnumerable<TreeEntry> Walk()
    {
        DirectoryInode root = fileSystem.Root;
        root.Acquire();
        var pending = new Stack<(Inode Inode, string Shown)>([(root, ".")]);
        while (pending.TryPop(out (Inode Inode, string Shown) at))
        {
            TreeEntry entry = Read(at.Inode, at.Shown);
            if (at.Inode is DirectoryInode directory)
            {
                foreach ((byte[] name, InodeKind listed) in NamesOf(directory, at.Shown))
                {
                    string shown = at.Shown == "." ? PathBytes.Escape(name) : at.Shown + "/" + PathBytes.Escape(name);
                    Inode child = directory.Lookup(name).TryGet(out Inode found, out Errno error) ? found : throw Failure(error, shown, "lookup of a listed name");
                    if (listed != InodeKind.Unknown && listed != child.Kind)
                    {
                        throw new IOException($"{shown} is listed as {listed} and found as {child.Kind}");
                    }

                    pending.Push((child, shown));
                }
            }

            at.Inode.Release();
            yield return entry;
        }
    }

    private static List<(byte[] Name, InodeKind Kind)> NamesOf(DirectoryInode directory, string shown)
    {
        var sink = new NameSink();
        Must(directory.Opened(OpenMode.Read), shown, "opendir");
        Must(directory.Enumerate(0, sink), shown, "readdir");
        directory.Closed(OpenMode.Read);
        return sink.Names;
    }

    private TreeEntry Read(Inode inode, string shown)
    {
        Must(inode.GetAttributes(out Attributes attributes), shown, "getattr");
        string target = "";
        if (inode is SymlinkInode link)
        {
            Must(link.ReadTarget(buffer, out int length), shown, "readlink");
            target = PathBytes.Escape(buffer.AsSpan(0, length));
        }

        return new TreeEntry
        {
            Path = shown,
            Attributes = attributes,
            Target = target,
            ContentHash = inode is FileInode file ? HashOf(file, shown) : "",
            Xattrs = XattrsOf(inode, shown),
        };
    }

    private List<string> XattrsOf(Inode inode, string shown)
    {
        Must(inode.ListXattr(buffer, out int length), shown, "listxattr");
        var xattrs = new List<string>();
        foreach (string name in Posix.SplitXattrs(buffer.AsSpan(0, length)))
        {
            Must(inode.GetXattr(PathBytes.Of(name), buffer, out int size), shown, "getxattr " + name);
            xattrs.Add($"{name}={Convert.ToHexString(buffer, 0, size)}");
        }

        return xattrs;
    }

    private string HashOf(FileInode file, string shown)
    {
        Must(file.Opened(OpenMode.Read), shown, "open");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (long offset = 0; ;)
        {
            Must(file.Read(offset, buffer, out int read), shown, "read");
            if (read == 0)
            {
                break;
            }

            hash.AppendData(buffer, 0, read);
            offset += read;
        }

        file.Closed(OpenMode.Read);
        return Convert.ToHexString(hash.GetHashAndReset(), 0, 8);
    }

    private static void Must(Errno error, string shown, string call)
    {
        if (error != Errno.None)
        {
            throw Failure(error, shown, call);
        }
    }

    private static IOException Failure(Errno error, string shown, string call) => new($"{call} of {shown}: {error}");

    private sealed class NameSink : DirectorySink
    {
        public List<(byte[] Name, InodeKind Kind)> Names { get; } = [];

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            Names.Add((name.ToArray(), kind));
            return true;
        }
    }
}
