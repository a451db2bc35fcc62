using System.Security.Cryptography;
using Ext2Union.Vfs;

namespace Ext2Union.Tests.Support;

/// <summary>A directory of the machine, by system calls. Any error fails the test and names the path.</summary>
internal sealed class PosixTree(byte[] root) : ITree
{
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
        string hash = attributes.Kind == InodeKind.File ? Hash(Must(Posix.ReadAll(path), shown, "read")) : "";
        var xattrs = new List<string>();
        foreach (string name in Must(Posix.ListXattrs(path), shown, "listxattr"))
        {
            xattrs.Add($"{name}={Convert.ToHexString(Must(Posix.GetXattr(path, PathBytes.Of(name)), shown, "getxattr " + name))}");
        }

        return new TreeEntry { Path = shown, Attributes = attributes, Target = target, ContentHash = hash, Xattrs = xattrs };
    }

    private static T Must<T>(Result<T> result, string shown, string call) =>
        result.TryGet(out T value, out Errno error) ? value : throw new IOException($"{call} of {shown}: {error}");

    private static string Hash(byte[] content) => Convert.ToHexString(SHA256.HashData(content), 0, 8);
}
