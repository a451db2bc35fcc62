using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>Does a step on a file system and keeps objects open over steps; two actors given the same steps must answer the same.</summary>
internal sealed class RandomActor(FileSystem fileSystem)
{
    private const int HeldCount = 3;

    private readonly Inode?[] held = new Inode?[HeldCount];

    public FileSystem FileSystem { get; set; } = fileSystem;

    public void ReleaseAll()
    {
        for (int i = 0; i < HeldCount; i++)
        {
            held[i]?.Release();
            held[i] = null;
        }
    }

    public string Do(RandomStep step) => step.Kind switch
    {
        "hold" => Hold(step),
        "heldread" => held[step.Number % HeldCount] is FileInode file ? Content(file) : "none",
        "heldwrite" => held[step.Number % HeldCount] is FileInode file ? $"{file.Write(step.Number % 50, B(step.Text), out _)}" : "none",
        "heldchmod" => held[step.Number % HeldCount] is FileInode file
            ? $"{file.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = step.Mode })}"
            : "none",
        "list" => With(step.Path, inode => inode is DirectoryInode directory ? Names(directory) : "no directory"),
        "read" => With(step.Path, inode => inode is FileInode file ? Content(file) : "no file"),
        "rename" => In(step.Path, (from, name) => In(step.NewPath, (to, newName) => $"{from.Rename(name, to, newName, step.Flags)}")),
        "link" => With(step.Path, target => In(step.NewPath, (directory, name) => $"{directory.Link(name, target)}")),
        "unlink" => In(step.Path, (directory, name) => $"{directory.Unlink(name)}"),
        "rmdir" => In(step.Path, (directory, name) => $"{directory.RemoveDirectory(name)}"),
        "create" or "mkdir" or "symlink" or "fifo" => In(step.Path, (directory, name) => Create(directory, name, step)),
        _ => With(step.Path, inode => Change(inode, step)),
    };

    private static string Change(Inode inode, RandomStep step)
    {
        switch (step.Kind)
        {
            case "chmod":
                return inode is SymlinkInode ? "link" : $"{inode.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = step.Mode })}";
            case "chown":
                return $"{inode.SetAttributes(new AttributeChange { Fields = AttributeFields.UserId, UserId = step.Mode })}";
            case "utimens":
                return $"{inode.SetAttributes(new AttributeChange { Fields = AttributeFields.ModifyTime, ModifyTime = new Timestamp(step.Number, 9) })}";
            case "setxattr":
                return $"{inode.SetXattr("user.x"u8, B(step.Text), (XattrFlags)(step.Number % 3))}";
            case "removexattr":
                return $"{inode.RemoveXattr("user.x"u8)}";
        }

        if (inode is not FileInode file)
        {
            return "no file";
        }

        OpenMode mode = OpenMode.Write | (step.Kind == "overwrite" ? OpenMode.Truncate : OpenMode.None);
        Errno error = file.Opened(mode);
        if (error != Errno.None)
        {
            return $"{error}";
        }

        error = step.Kind switch
        {
            "truncate" => file.SetSize(step.Number % 40),
            "overwrite" => file.SetSize(0) is var cut and not Errno.None ? cut : file.Write(0, B(step.Text), out _),
            _ => file.Write(step.Number % 30, B(step.Text), out _),
        };
        file.Closed(mode);
        return $"{error}";
    }

    private static string Create(DirectoryInode directory, byte[] name, RandomStep step)
    {
        uint type = step.Kind switch { "create" => 0x8000u, "mkdir" => 0x4000u, "symlink" => 0xA000u, _ => 0x1000u };
        var what = new NewInode { Mode = type | (step.Mode & 0xFFF), Target = step.Kind == "symlink" ? B(step.Text) : [] };
        if (!directory.Create(name, what).TryGet(out Inode made, out Errno error))
        {
            return $"{error}";
        }

        if (made is FileInode file)
        {
            error = file.Write(0, B(step.Text), out _);
        }

        made.Release();
        return $"{error}";
    }

    private string Hold(RandomStep step)
    {
        if (!Walk(step.Path).TryGet(out Inode inode, out Errno error))
        {
            return $"{error}";
        }

        ref Inode? place = ref held[step.Number % HeldCount];
        place?.Release();
        place = inode;
        return "held";
    }

    private string With(string path, Func<Inode, string> use)
    {
        if (!Walk(path).TryGet(out Inode inode, out Errno error))
        {
            return $"{error}";
        }

        string answer = use(inode);
        inode.Release();
        return answer;
    }

    private string In(string path, Func<DirectoryInode, byte[], string> use)
    {
        int slash = path.LastIndexOf('/');
        return With(slash < 0 ? "" : path[..slash], inode => inode is DirectoryInode directory ? use(directory, B(path[(slash + 1)..])) : "ENOTDIR");
    }

    private Result<Inode> Walk(string path)
    {
        Inode at = FileSystem.Root;
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

    private static string Names(DirectoryInode directory) =>
        string.Join(' ', ListedEntry.All(directory, 3).Select(entry => $"{entry.Name}:{entry.Kind}").Order(StringComparer.Ordinal));

    private static string Content(FileInode file)
    {
        _ = file.GetAttributes(out Attributes attributes);
        return $"{attributes.Size} {attributes.LinkCount} {Convert.ToString(attributes.Mode, 8)} {UnionFixture.ReadAll(file)}";
    }

    private static byte[] B(string text) => Encoding.UTF8.GetBytes(text);
}
