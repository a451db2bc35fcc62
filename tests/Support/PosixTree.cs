using System.Security.Cryptography;
using Ext2Union.Vfs;

namespace Ext2Union.Tests.Support;

/// <summary>A directory of the machine, by system calls. Any error fails the test and names the path.</summary>
internal sealed class PosixTree(byte[] root) : ITree
{
    private const int ChunkBytes = 1 << 18;

    public IEnumerable<TreeEntry> Walk()
    {
        var pending = new Stack<(byte[] Path, string Shown)>([(root, ".")]);
        while (pending.TryPop(out (byte[] Path, string Shown) at))
        {
            TreeEntry entry = Read(at.Path, at.Shown);
            yield return entry;
            if (entry.Attributes.Kind == InodeKind.Directory)
            {
                foreach (byte[] name in Must(Posix.List(at.Path), at.Shown, "readdir"))
                {
                    string shown = PathBytes.Escape(name);
                    pending.Push((PathBytes.Join(at.Path, name), at.Shown == "." ? shown : at.Shown + "/" + shown));
                }
            }
        }
    }

    private static TreeEntry Read(byte[] path, string shown)
    {
        Attributes attributes = Must(Posix.Stat(path), shown, "lstat");
        string target = attributes.Kind == InodeKind.Symlink ? PathBytes.Escape(Must(Posix.ReadLink(path), shown, "readlink")) : "";
        string hash = attributes.Kind == InodeKind.File ? Hash(path, shown) : "";
        var xattrs = new List<string>();
        foreach (string name in Must(Posix.ListXattrs(path), shown, "listxattr"))
        {
            xattrs.Add($"{name}={Convert.ToHexString(Must(Posix.GetXattr(path, PathBytes.Of(name)), shown, "getxattr " + name))}");
        }

        return new TreeEntry { Path = shown, Attributes = attributes, Target = target, ContentHash = hash, Xattrs = xattrs };
    }

    private static T Must<T>(Result<T> result, string shown, string call) =>
        result.TryGet(out T value, out Errno error) ? value : throw new IOException($"{call} of {shown}: {error}");

    private static string Hash(byte[] path, string shown)
    {
        using Posix.OpenFile file = Must(Posix.Open(path, Posix.OpenFlags.Read), shown, "open");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[ChunkBytes];
        for (long offset = 0; ;)
        {
            int read = Must(file.Read(offset, chunk), shown, "read");
            if (read == 0)
            {
                return Convert.ToHexString(hash.GetHashAndReset(), 0, 8);
            }

            hash.AppendData(chunk, 0, read);
            offset += read;
        }
    }
}
