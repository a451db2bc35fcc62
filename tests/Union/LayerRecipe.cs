using System.Text;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>
/// Builds an in-memory layer from words: <c>d/</c> a directory, <c>d/f=text</c> a file, <c>d/g~d/f</c> one more name of it, <c>d/l@target</c> a symlink, <c>d/w!</c> a whiteout,
/// <c>d/t?</c> a fallthru, <c>d/^</c> makes d opaque, <c>d/^^</c> opaque with origin none, <c>d/&gt;path</c> gives it an origin. Parents come by themselves.
/// </summary>
internal static class LayerRecipe
{
    public static TmpfsFileSystem Build(ManualClock clock, bool asLower, params string[] words) => Build(new TmpfsOptions { Clock = clock, AsLower = asLower, Mode = 0x1ED }, words);

    public static TmpfsFileSystem Build(TmpfsOptions options, params string[] words)
    {
        var layer = new TmpfsFileSystem(options);
        foreach (string word in words)
        {
            int link = word.IndexOf('~');
            if (link > 0)
            {
                Link(layer, word[..link], word[(link + 1)..]);
                continue;
            }

            Add((LayerDirectory)layer.Root, word);
        }

        return layer;
    }

    private static void Link(TmpfsFileSystem layer, string path, string of)
    {
        int slash = path.LastIndexOf('/');
        if (slash > 0)
        {
            Add((LayerDirectory)layer.Root, path[..(slash + 1)]);
        }

        Inode target = Walk(layer, of);
        Inode directory = Walk(layer, slash < 0 ? "" : path[..slash]);
        Errno error = ((DirectoryInode)directory).Link(B(path[(slash + 1)..]), target);
        Assert.True(error == Errno.None, $"{path}~{of}: {error}");
        target.Release();
        directory.Release();
    }

    private static Inode Walk(TmpfsFileSystem layer, string path)
    {
        Inode at = layer.Root;
        at.Acquire();
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Inode next = ((DirectoryInode)at).Lookup(B(name)).Value;
            at.Release();
            at = next;
        }

        return at;
    }

    private static void Add(LayerDirectory directory, string word)
    {
        int slash = word.IndexOf('/');
        int mark = word.IndexOfAny(['=', '@', '>']);
        if (slash > 0 && (mark < 0 || slash < mark))
        {
            byte[] name = B(word[..slash]);
            LayerDirectory child = directory.Lookup(name).TryGet(out Inode found, out _)
                ? (LayerDirectory)found
                : (LayerDirectory)directory.Create(name, new NewInode { Mode = 0x41ED }).Value;
            if (slash + 1 < word.Length)
            {
                Add(child, word[(slash + 1)..]);
            }

            child.Release();
            return;
        }

        Errno error = Leaf(directory, word, mark);
        Assert.True(error == Errno.None, $"{word}: {error}");
    }

    private static Errno Leaf(LayerDirectory directory, string word, int mark)
    {
        switch (word)
        {
            case "^":
                return directory.SetOpaque(true);
            case "^^":
                Assert.Equal(Errno.None, directory.SetOpaque(true));
                return directory.SetOrigin(OriginKind.None, []);
        }

        if (mark < 0)
        {
            byte[] marked = B(word[..^1]);
            return word[^1] == '!' ? directory.PutWhiteout(marked) : directory.PutFallthru(marked);
        }

        byte[] name = B(word[..mark]);
        byte[] value = B(word[(mark + 1)..]);
        switch (word[mark])
        {
            case '>':
                return directory.SetOrigin(OriginKind.Redirect, value);
            case '@':
                directory.Create(name, new NewInode { Mode = 0xA1FF, Target = value }).Value.Release();
                return Errno.None;
            default:
                var file = (FileInode)directory.Create(name, new NewInode { Mode = 0x81A4 }).Value;
                Errno error = file.Write(0, value, out _);
                file.Release();
                return error;
        }
    }

    private static byte[] B(string text) => Encoding.UTF8.GetBytes(text);
}
