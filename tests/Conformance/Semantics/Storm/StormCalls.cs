using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>The calls of one process, by paths below the mount point: each is noted before it begins, and answers what is expected or ends the storm.</summary>
internal sealed class StormCalls(string root, StormProgress progress)
{
    public byte[] At(string path) => PathBytes.Of(path.StartsWith('/') ? path : $"{root}/{path}");

    public void Note(string call) => progress.Note(call);

    /// <summary>Ends the storm: something is not as it must be.</summary>
    public static StormFault Wrong(string what) => new(what);

    public void Rename(string from, string to, RenameFlags flags = RenameFlags.None, Errno expected = Errno.None) =>
        Must($"rename {from} {to} {flags}", () => Posix.Rename(At(from), At(to), flags), expected);

    public void Link(string existing, string path) => Must($"link {existing} {path}", () => Posix.Link(At(existing), At(path)));

    public void Unlink(string path) => Must($"unlink {path}", () => Posix.Unlink(At(path)));

    public void MakeDirectory(string path, uint mode = 0x1ED) => Must($"mkdir {path}", () => Posix.MakeDirectory(At(path), mode));

    public void RemoveDirectory(string path, Errno expected = Errno.None) => Must($"rmdir {path}", () => Posix.RemoveDirectory(At(path)), expected);

    public void ChangeMode(string path, uint mode) => Must($"chmod {path}", () => Posix.ChangeMode(At(path), mode));

    public void ChangeOwner(string path, uint user, uint group) => Must($"chown {path}", () => Posix.ChangeOwner(At(path), user, group));

    public void Truncate(string path, long size) => Must($"truncate {path} {size}", () => Posix.Truncate(At(path), size));

    public void SetXattr(string path, string name, byte[] value) =>
        Must($"setxattr {path} {name}", () => Posix.SetXattr(At(path), PathBytes.Of(name), value, XattrFlags.None));

    public byte[] GetXattr(string path, string name) => Get($"getxattr {path} {name}", () => Posix.GetXattr(At(path), PathBytes.Of(name)));

    public Attributes Stat(string path) => Get($"stat {path}", () => Posix.Stat(At(path)));

    public byte[] Read(string path) => Get($"read {path}", () => Posix.ReadAll(At(path)));

    public List<Posix.Entry> List(string path) => Get($"list {path}", () => Posix.ListEntries(At(path)));

    public Posix.OpenFile Open(string path, Posix.OpenFlags flags) => Get($"open {path} {flags}", () => Posix.Open(At(path), flags));

    /// <summary>Opens, writes, closes.</summary>
    public void Write(string path, Posix.OpenFlags flags, long offset, byte[] data) =>
        Must($"write {path} {flags} at {offset} length {data.Length}", () => Posix.Write(At(path), Posix.OpenFlags.Write | flags, offset, data));

    /// <summary>A call that several processes race for: it answers one of the errors, or none.</summary>
    public Errno Race(string call, Func<Errno> run, params ReadOnlySpan<Errno> allowed)
    {
        progress.Note(call);
        Errno error = run();
        return error == Errno.None || allowed.Contains(error) ? error : throw Wrong($"{call}: {error}");
    }

    public void Must(string call, Func<Errno> run, Errno expected = Errno.None)
    {
        progress.Note(call);
        Errno error = run();
        if (error != expected)
        {
            throw Wrong($"{call}: {error}, expected {expected}");
        }
    }

    public T Get<T>(string call, Func<Result<T>> run)
    {
        progress.Note(call);
        return run().TryGet(out T value, out Errno error) ? value : throw Wrong($"{call}: {error}");
    }
}
