using Ext2Union.Vfs;

namespace Ext2Union.Posix.Tests.Suite;

/// <summary>What behaviours assert. The message has expected and actual in one line.</summary>
internal static class Check
{
    /// <summary>The call was refused with this error.</summary>
    public static void Is(Errno error, Answer answer)
    {
        if (answer.Error != error)
        {
            throw new BehaviourFailed($"expected {(error == Errno.None ? "success" : error)}, got {answer}");
        }
    }

    /// <summary>The call answered this number.</summary>
    public static void Is(long value, Answer answer)
    {
        if (answer.Value != value)
        {
            throw new BehaviourFailed($"expected {value}, got {answer}");
        }
    }

    /// <summary>The call answered this number: a literal 0 would else also be an errno.</summary>
    public static void Is(int value, Answer answer) => Is((long)value, answer);

    /// <summary>The call succeeded.</summary>
    public static void Ok(Answer answer)
    {
        if (answer.IsError)
        {
            throw new BehaviourFailed($"expected success, got {answer}");
        }
    }

    public static void Same<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new BehaviourFailed($"{what}: expected {Shown(expected)}, got {Shown(actual)}");
        }
    }

    public static void Differs<T>(T former, T actual, string what)
    {
        if (EqualityComparer<T>.Default.Equals(former, actual))
        {
            throw new BehaviourFailed($"{what}: expected a change, still {Shown(actual)}");
        }
    }

    public static void NotBefore(Timestamp former, Timestamp actual, string what) =>
        True((actual.Seconds, actual.Nanoseconds).CompareTo((former.Seconds, former.Nanoseconds)) >= 0, $"{what} does not go back: {former}, then {actual}");

    public static void True(bool condition, string what)
    {
        if (!condition)
        {
            throw new BehaviourFailed("not so: " + what);
        }
    }

    /// <summary>The names in a directory, sorted, with blanks between.</summary>
    public static void Ls(string expected, string path = ".") => Same(expected, Listing.Ls(path), $"names in {path}");

    /// <summary>The content of a file.</summary>
    public static void Reads(string expected, string path) => Same(expected, Files.Content(path), $"content of {path}");

    /// <summary>Nothing is there.</summary>
    public static void Gone(string path) => Same("ENOENT", Names.TryLstat(path).ToString(), $"lstat of {path}");

    /// <summary>The permission bits; the digits are octal.</summary>
    public static void Mode(int octalDigits, string path) =>
        Same(octalDigits.ToString("d4"), Convert.ToString(Names.Lstat(path).Perm, 8).PadLeft(4, '0'), $"mode of {path}");

    /// <summary>The number that has these octal digits: 755 is 0755.</summary>
    public static uint Oct(int digits) => Convert.ToUInt32($"{digits}", 8);

    /// <summary>Owner and group.</summary>
    public static void Owner(uint user, uint group, string path) =>
        Same($"{user}:{group}", $"{Names.Lstat(path).Uid}:{Names.Lstat(path).Gid}", $"owner of {path}");

    /// <summary>The number of names.</summary>
    public static void Links(uint expected, string path) => Same(expected, Names.Lstat(path).Nlink, $"links of {path}");

    /// <summary>The size in bytes.</summary>
    public static void Size(long expected, string path) => Same(expected, Names.Lstat(path).Size, $"size of {path}");

    /// <summary>The S_IF type.</summary>
    public static void Type(uint expected, string path) =>
        Same(Convert.ToString(expected, 8), Convert.ToString(Names.Lstat(path).Type, 8), $"type of {path}");

    /// <summary>The modification time is no longer the prepared one.</summary>
    public static void IsModified(string path) => Differs(Preparation.Time, Names.Lstat(path).Mtime, $"mtime of {path}");

    /// <summary>The modification time is still the prepared one.</summary>
    public static void IsNotModified(string path) => Same(Preparation.Time, Names.Lstat(path).Mtime, $"mtime of {path}");

    /// <summary>Does something that sets the change time.</summary>
    public static void Changes(string path, Action action)
    {
        Timestamp before = Names.Lstat(path).Ctime;
        action();
        Differs(before, Names.Lstat(path).Ctime, $"ctime of {path}");
    }

    /// <summary>Does something that does not set the change time.</summary>
    public static void DoesNotChange(string path, Action action)
    {
        Timestamp before = Names.Lstat(path).Ctime;
        action();
        True(!Subject.KeepsChangeTimes || before == Names.Lstat(path).Ctime, $"ctime of {path} stays: {before}, then {Names.Lstat(path).Ctime}");
    }

    private static string Shown<T>(T value)
    {
        string text = value?.ToString() ?? "nothing";
        return text.Length > 200 ? $"{text[..200]}... ({text.Length} characters)" : text;
    }
}
