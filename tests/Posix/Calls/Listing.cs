using System.Runtime.InteropServices;
using System.Text;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>A directory stream: opendir(3), readdir(3), telldir(3), seekdir(3).</summary>
internal sealed unsafe class Listing : IDisposable
{
    private readonly nint stream;

    public Listing(string path)
    {
        int descriptor = Native.openat(Native.AtFdCwd, path, Constants.O_RDONLY | Constants.O_DIRECTORY | Constants.O_CLOEXEC, 0);
        stream = descriptor < 0 ? throw new BehaviourFailed($"opendir of {path}: {Names.Of(-1)}") : Native.fdopendir(descriptor);
    }

    /// <summary>One entry of struct dirent.</summary>
    public readonly record struct Entry(string Name, ulong Ino, byte Type);

    public long Tell() => Native.telldir(stream);

    public void Seek(long place) => Native.seekdir(stream, place);

    public void Rewind() => Native.rewinddir(stream);

    /// <summary>The next entry, or null at the end.</summary>
    public Entry? Next()
    {
        Marshal.SetLastSystemError(0);
        byte* entry = Native.readdir(stream);
        if (entry == null)
        {
            int error = Marshal.GetLastSystemError();
            return error == 0 ? null : throw new BehaviourFailed($"readdir: {new Answer(-error)}");
        }

        // struct dirent of 64-bit machines: inode 8, offset 8, length 2, type 1, name.
        ReadOnlySpan<byte> name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(entry + 19);
        return new Entry(Encoding.UTF8.GetString(name), *(ulong*)entry, entry[18]);
    }

    /// <summary>All that is left.</summary>
    public List<Entry> Rest()
    {
        var entries = new List<Entry>();
        while (Next() is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    public void Dispose() => _ = Native.closedir(stream);

    /// <summary>Every entry of a directory.</summary>
    public static List<Entry> Of(string path)
    {
        using var listing = new Listing(path);
        return listing.Rest();
    }

    /// <summary>The names but "." and "..", sorted, with blanks between.</summary>
    public static string Ls(string path = ".") =>
        string.Join(' ', Of(path).Select(entry => entry.Name).Where(name => name is not ("." or "..")).Order(StringComparer.Ordinal));
}
