using System.Text;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>Opening, and whole files.</summary>
internal static unsafe class Files
{
    private const int MostBytes = 1 << 20;

    [ThreadStatic]
    private static List<Descriptor>? open;

    /// <summary>open(2). What a behaviour opens is closed at its end, if it did not close it itself.</summary>
    public static Descriptor Open(string path, int flags, uint mode = 0x1A4)
    {
        Answer answer = Names.Of(Native.openat(Native.AtFdCwd, path, flags | O_CLOEXEC, mode));
        if (answer.IsError)
        {
            throw new BehaviourFailed($"open of {path} with flags 0x{flags:x}: {answer}");
        }

        var file = new Descriptor((int)answer.Value);
        (open ??= []).Add(file);
        return file;
    }

    /// <summary>open(2) where the error is the question; what could be opened is closed.</summary>
    public static Answer TryOpen(string path, int flags, uint mode = 0x1A4)
    {
        Answer answer = Names.Of(Native.openat(Native.AtFdCwd, path, flags | O_CLOEXEC, mode));
        if (answer.IsError)
        {
            return answer;
        }

        _ = Native.close((int)answer.Value);
        return default;
    }

    /// <summary>Closes what the last behaviour left open.</summary>
    public static void CloseAll()
    {
        foreach (Descriptor file in open ?? [])
        {
            file.Close();
        }

        open?.Clear();
    }

    public static Answer Truncate(string path, long size) => Names.Of(Native.truncate(path, size));

    /// <summary>Makes a file with this content, or replaces its content.</summary>
    public static void Put(string path, string text, uint mode = 0x1A4)
    {
        Descriptor file = Open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
        Answer answer = file.Write(text);
        file.Close();
        if (answer.Value != text.Length)
        {
            throw new BehaviourFailed($"write of {text.Length} bytes to {path}: {answer}");
        }
    }

    /// <summary>The content, at most a mebibyte of it, as Latin-1.</summary>
    public static string Content(string path)
    {
        Descriptor file = Open(path, O_RDONLY);
        string text = file.Pread(0, MostBytes);
        file.Close();
        return text;
    }

    /// <summary>f_type, block size, blocks, free, available, inodes, free inodes, longest name.</summary>
    public static Answer Statfs(string path, out long[] fields)
    {
        byte* buffer = stackalloc byte[256];
        Answer answer = Names.Of(Native.statfs(path, buffer));
        fields = new ReadOnlySpan<long>(buffer, 9).ToArray();
        return answer;
    }

    /// <summary>Text of this many bytes that differs from place to place.</summary>
    public static string Pattern(int bytes, int seed = 0)
    {
        var text = new StringBuilder(bytes);
        for (int i = 0; i < bytes; i++)
        {
            _ = text.Append((char)('a' + ((i + (i >> 8) + seed) % 26)));
        }

        return text.ToString();
    }
}
