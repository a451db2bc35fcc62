using System.Text;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>
/// A union of in-memory layers, with short ways to use it by path. When it ends, no lower may have changed and no object may be held.
/// </summary>
internal sealed class UnionFixture : IDisposable
{
    private readonly UnionOptions options;
    private readonly List<string> lowersBefore = [];
    private UnionFileSystem? union;

    public UnionFixture(string[] top, string[][] lowers, FallthruMode fallthru = FallthruMode.Persist, bool redirect = true, TmpfsOptions? topOptions = null, CopyUpMode? copyUp = null)
    {
        Top = LayerRecipe.Build((topOptions ?? new TmpfsOptions { Mode = 0x1ED }) with { Clock = Clock }, top);
        foreach (string[] lower in lowers)
        {
            Lowers.Add(LayerRecipe.Build(Clock, true, lower));
        }

        options = new UnionOptions { Fallthru = fallthru, Redirect = redirect, Clock = Clock, Log = Log, CopyUp = copyUp ?? new UnionOptions().CopyUp };
        Clock.Seconds = 2000;
        Remount();
        lowersBefore.AddRange(Lowers.Select(LayerDump.Of));
    }

    public ManualClock Clock { get; } = new();

    /// <summary>What the union reported.</summary>
    public RememberingLog Log { get; } = new();

    public TmpfsFileSystem Top { get; }

    public List<FileSystem> Lowers { get; } = [];

    public UnionFileSystem Union => union!;

    public DirectoryInode Root => union!.Root;

    public void Remount(FileSystem? top = null, IReadOnlyList<FileSystem>? layers = null)
    {
        if (union is not null)
        {
            Assert.Equal(Errno.None, union.Unmount());
        }

        union = UnionFileSystem.Create(top ?? Top, layers ?? Lowers, options).Value;
    }

    public void Dispose()
    {
        Assert.Equal(1, Union.Table.Count);
        for (int i = 0; i < lowersBefore.Count; i++)
        {
            Assert.Equal(lowersBefore[i], LayerDump.Of(Lowers[i]));
        }

        Union.Dispose();
    }

    /// <summary>The test wrote to a lower itself, on purpose.</summary>
    public void LowersMayDiffer() => lowersBefore.Clear();

    public static byte[] B(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Walks a path; the caller releases.</summary>
    public Result<Inode> Walk(string path)
    {
        Inode at = Root;
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

    /// <summary>Does something with the object at a path.</summary>
    public T At<T>(string path, Func<Inode, T> use)
    {
        Inode inode = Walk(path).TryGet(out Inode found, out Errno error) ? found : throw new InvalidOperationException($"{path}: {error}");
        T result = use(inode);
        inode.Release();
        return result;
    }

    /// <summary>Does something with the directory of a path and the last name.</summary>
    public Errno In(string path, Func<DirectoryInode, byte[], Errno> use)
    {
        int slash = path.LastIndexOf('/');
        return At(slash < 0 ? "" : path[..slash], inode => use((DirectoryInode)inode, B(path[(slash + 1)..])));
    }

    public Errno Exists(string path)
    {
        if (!Walk(path).TryGet(out Inode inode, out Errno error))
        {
            return error;
        }

        inode.Release();
        return Errno.None;
    }

    public Attributes Stat(string path) => At(path, inode =>
    {
        Assert.Equal(Errno.None, inode.GetAttributes(out Attributes attributes));
        return attributes;
    });

    public string Read(string path) => At(path, ReadAll);

    public static string ReadAll(Inode inode)
    {
        byte[] buffer = new byte[1 << 16];
        Assert.Equal(Errno.None, ((FileInode)inode).Read(0, buffer, out int read));
        return Encoding.UTF8.GetString(buffer, 0, read);
    }

    public Errno Write(string path, string text, long offset = 0, OpenMode more = OpenMode.None) => At(path, inode =>
    {
        OpenMode mode = OpenMode.Write | more;
        Errno error = inode.Opened(mode);
        if (error != Errno.None)
        {
            return error;
        }

        error = (more & OpenMode.Truncate) != 0 ? ((FileInode)inode).SetSize(0) : Errno.None;
        error = error == Errno.None ? ((FileInode)inode).Write(offset, B(text), out _) : error;
        inode.Closed(mode);
        return error;
    });

    public Errno Create(string path, string text = "") => In(path, (directory, name) =>
    {
        if (!directory.Create(name, new NewInode { Mode = 0x81A4 }).TryGet(out Inode made, out Errno error))
        {
            return error;
        }

        error = ((FileInode)made).Write(0, B(text), out _);
        made.Release();
        return error;
    });

    public Errno MakeDirectory(string path) => In(path, (directory, name) =>
    {
        if (!directory.Create(name, new NewInode { Mode = 0x41ED }).TryGet(out Inode made, out Errno error))
        {
            return error;
        }

        made.Release();
        return Errno.None;
    });

    public Errno Unlink(string path) => In(path, (directory, name) => directory.Unlink(name));

    public Errno RemoveDirectory(string path) => In(path, (directory, name) => directory.RemoveDirectory(name));

    public Errno Rename(string path, string newPath, RenameFlags flags = RenameFlags.None) =>
        In(path, (from, name) => In(newPath, (to, newName) => from.Rename(name, to, newName, flags)));

    public Errno Link(string path, string newPath) => At(path, target => In(newPath, (directory, name) => directory.Link(name, target)));

    public Errno Chmod(string path, uint mode) =>
        At(path, inode => inode.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = mode }));

    public Errno SetFlags(string path, InodeFlags flags) =>
        At(path, inode => inode.SetAttributes(new AttributeChange { Fields = AttributeFields.Flags, Flags = flags }));

    /// <summary>The names of a directory, sorted.</summary>
    public string Names(string path) => string.Join(' ', List(path).Select(entry => entry.Name).Order(StringComparer.Ordinal));

    public List<ListedEntry> List(string path, int chunk = int.MaxValue) => At(path, inode => ListedEntry.All((DirectoryInode)inode, chunk));

    /// <summary>What the top holds at a path.</summary>
    public string TopSlots(string path)
    {
        Inode at = Top.Root;
        at.Acquire();
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Inode next = ((DirectoryInode)at).Lookup(B(name)).Value;
            at.Release();
            at = next;
        }

        string slots = LayerDump.Slots((LayerDirectory)at);
        at.Release();
        return slots;
    }
}
