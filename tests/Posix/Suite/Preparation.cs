using Ext2Union.Vfs;

namespace Ext2Union.Posix.Tests.Suite;

/// <summary>Makes the objects of recipes in the working directory.</summary>
internal static class Preparation
{
    /// <summary>Times of access and modification of everything prepared, so that a change can be seen.</summary>
    public static readonly Timestamp Time = new(1_000_000_000, 123_456_789);

    /// <summary>Makes these objects.</summary>
    public static void Make(IReadOnlyList<RecipeObject> objects)
    {
        foreach (RecipeObject item in objects.Where(item => item.Kind != RecipeObject.InodeFlags))
        {
            Make(item);
        }

        // A directory after what is in it, the behaviour's own last: each is changed by what comes into it.
        string[] paths = [.. objects.Where(item => !item.IsAddition).Select(item => item.Path).Reverse(), "."];
        foreach (string path in paths)
        {
            Must(Metadata.Utimens(path, (Time.Seconds, Time.Nanoseconds), (Time.Seconds, Time.Nanoseconds), AT_SYMLINK_NOFOLLOW), path);
        }

        foreach (RecipeObject item in objects.Where(item => item.Kind == RecipeObject.InodeFlags))
        {
            Must(Metadata.SetFlags(item.Path, item.Detail.Aggregate(0u, (flags, letter) => flags | FlagOf(letter))), item.Path);
        }
    }

    private static void Make(RecipeObject item)
    {
        uint[] numbers = item.Kind is RecipeObject.CharacterDevice or RecipeObject.BlockDevice ? [.. item.Detail.Split(':').Select(uint.Parse)] : [0, 0];
        Must(item.Kind switch
        {
            RecipeObject.Directory => MakeDirectory(item.Path),
            RecipeObject.File => MakeFile(item),
            RecipeObject.Symlink => Names.Symlink(item.Detail, item.Path),
            RecipeObject.Fifo => Names.Mknod(item.Path, S_IFIFO | 0x1A4),
            RecipeObject.Socket => Names.Mknod(item.Path, S_IFSOCK | 0x1A4),
            RecipeObject.CharacterDevice => Names.Mknod(item.Path, S_IFCHR | 0x1A4, numbers[0], numbers[1]),
            RecipeObject.BlockDevice => Names.Mknod(item.Path, S_IFBLK | 0x1A4, numbers[0], numbers[1]),
            RecipeObject.HardLink => Names.Link(item.Detail, item.Path),
            RecipeObject.Xattr => SetXattr(item),
            RecipeObject.Acl => item.Detail[0] == '?' ? Metadata.SetDefaultAcl(item.Path, item.Detail[1..]) : Metadata.SetAcl(item.Path, item.Detail),
            _ => default,
        }, item.Path);
        if (item.Mode is not { } mode)
        {
            return;
        }

        Must(Metadata.Lchown(item.Path, item.User, item.Group), item.Path);
        if (item.Kind != RecipeObject.Symlink)
        {
            Must(Metadata.Chmod(item.Path, mode), item.Path);
        }
    }

    // Through a union it may be there already: from a layer beneath.
    private static Answer MakeDirectory(string path)
    {
        Answer answer = Names.Mkdir(path);
        return answer.Error == Errno.EEXIST ? default : answer;
    }

    private static Answer MakeFile(RecipeObject item)
    {
        string text = item.Detail;
        long hole = 0;
        if (text.StartsWith('*'))
        {
            text = Files.Pattern(int.Parse(text[1..]));
        }
        else if (text.StartsWith('^'))
        {
            int end = text.IndexOf(':');
            hole = long.Parse(text[1..end]);
            text = text[(end + 1)..];
        }

        Descriptor file = Files.Open(item.Path, O_WRONLY | O_CREAT | O_EXCL);
        Answer answer = text.Length > 0 ? file.Pwrite(hole, text) : file.Ftruncate(hole);
        file.Close();
        return answer;
    }

    private static Answer SetXattr(RecipeObject item)
    {
        int end = item.Detail.IndexOf('=');
        return Metadata.Setxattr(item.Path, item.Detail[..end], item.Detail[(end + 1)..]);
    }

    private static uint FlagOf(char letter) => letter switch
    {
        'i' => FS_IMMUTABLE_FL,
        'a' => FS_APPEND_FL,
        'd' => FS_NODUMP_FL,
        'A' => FS_NOATIME_FL,
        'S' => FS_SYNC_FL,
        _ => throw new InvalidOperationException($"no flag {letter}"),
    };

    private static void Must(Answer answer, string path)
    {
        if (answer.IsError)
        {
            throw new BehaviourFailed($"preparing {path}: {answer}");
        }
    }
}
