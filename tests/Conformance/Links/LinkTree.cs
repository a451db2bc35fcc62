using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Links;

/// <summary>Short ways to use a tree by path.</summary>
internal static class LinkTree
{
    public static byte[] B(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Walks a path; the caller releases.</summary>
    public static Result<Inode> Walk(DirectoryInode root, string path)
    {
        Inode at = root;
        at.Acquire();
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Result<Inode> next = at is DirectoryInode directory ? directory.Lookup(B(name)) : Errno.ENOTDIR;
            at.Release();
            if (!next.TryGet(out at, out Errno error))
            {
                return error;
            }
        }

        return at;
    }

    public static T At<T>(DirectoryInode root, string path, Func<Inode, T> use)
    {
        Inode inode = Walk(root, path).TryGet(out Inode found, out Errno error) ? found : throw new InvalidOperationException($"{path}: {error}");
        T result = use(inode);
        inode.Release();
        return result;
    }

    public static Errno In(DirectoryInode root, string path, Func<DirectoryInode, byte[], Errno> use)
    {
        int slash = path.LastIndexOf('/');
        return At(root, slash < 0 ? "" : path[..slash], inode => use((DirectoryInode)inode, B(path[(slash + 1)..])));
    }

    public static Errno MakeDirectory(DirectoryInode root, string path) => Make(root, path, 0x41ED, "");

    public static Errno Create(DirectoryInode root, string path, string text) => Make(root, path, 0x81A4, text);

    public static Errno Link(DirectoryInode root, string path, string newPath) =>
        At(root, path, target => In(root, newPath, (directory, name) => directory.Link(name, target)));

    public static Errno Unlink(DirectoryInode root, string path) => In(root, path, (directory, name) => directory.Unlink(name));

    public static Errno Rename(DirectoryInode root, string path, string newPath, RenameFlags flags = RenameFlags.None) =>
        In(root, path, (from, name) => In(root, newPath, (to, newName) => from.Rename(name, to, newName, flags)));

    public static Errno Write(DirectoryInode root, string path, string text) => At(root, path, inode => Write(inode, text));

    public static Errno Write(Inode inode, string text)
    {
        Errno error = inode.Opened(OpenMode.Write);
        if (error == Errno.None)
        {
            error = ((FileInode)inode).Write(0, B(text), out _);
            inode.Closed(OpenMode.Write);
        }

        return error;
    }

    public static Errno Chmod(DirectoryInode root, string path, uint mode) =>
        At(root, path, inode => inode.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = mode }));

    public static Attributes Stat(DirectoryInode root, string path) => At(root, path, Stat);

    public static Attributes Stat(Inode inode)
    {
        Assert.Equal(Errno.None, inode.GetAttributes(out Attributes attributes));
        return attributes;
    }

    public static string Read(DirectoryInode root, string path) => At(root, path, Read);

    public static string Read(Inode inode)
    {
        byte[] buffer = new byte[64];
        Assert.Equal(Errno.None, ((FileInode)inode).Read(0, buffer, out int read));
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    /// <summary>The names of a directory with their numbers.</summary>
    public static Dictionary<string, ulong> List(DirectoryInode root, string path)
    {
        var sink = new Collector();
        Assert.Equal(Errno.None, At(root, path, inode => ((DirectoryInode)inode).Enumerate(0, sink)));
        return sink.Entries;
    }

    private static Errno Make(DirectoryInode root, string path, uint mode, string text) => In(root, path, (directory, name) =>
    {
        if (!directory.Create(name, new NewInode { Mode = mode }).TryGet(out Inode made, out Errno error))
        {
            return error;
        }

        error = text.Length > 0 ? ((FileInode)made).Write(0, B(text), out _) : Errno.None;
        made.Release();
        return error;
    });

    private sealed class Collector : DirectorySink
    {
        public Dictionary<string, ulong> Entries { get; } = [];

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            Entries.Add(Encoding.UTF8.GetString(name), inode);
            return true;
        }
    }
}
