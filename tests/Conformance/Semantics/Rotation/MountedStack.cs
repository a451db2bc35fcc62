using System.Security.Cryptography;
using Ext2Union.Conformance.Tests.Differential;
using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Semantics.Rotation;

/// <summary>Images in files, mounted by the real tool.</summary>
internal sealed class MountedStack : IRotatingStack
{
    private readonly string folder;
    private readonly string options;
    private readonly List<(string Path, string Hash)> lowers = [];
    private string top;
    private MountedExt2u mount;

    public MountedStack(string folder, string options, string lowerTree)
    {
        (this.folder, this.options) = (folder, options);
        string lower = Path.Combine(folder, "base");
        Ext2uTools.Mkfs(lower, "16m", "-b", "1024", "-N", "3000", "-d", lowerTree);
        lowers.Add((lower, HashOf(lower)));
        top = Fresh();
        mount = Mount();
    }

    public ITarget Target => new PosixTarget(mount.FullPath, RotationRun.Compared, () =>
    {
        mount.Unmount();
        mount = Mount();
    });

    public string? Rotate()
    {
        mount.Unmount();
        Ext2uTools.AssertClean(top);
        lowers.Insert(0, (top, HashOf(top)));
        top = Fresh();
        mount = Mount();
        return null;
    }

    public string? End()
    {
        mount.Unmount();
        Ext2uTools.AssertClean(top);
        return lowers.FindIndex(lower => HashOf(lower.Path) != lower.Hash) is var changed and >= 0 ? $"the bytes of lower {changed} changed" : null;
    }

    public void Dispose() => mount.Dispose();

    private static string HashOf(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Convert.ToHexString(SHA256.HashData(file));
    }

    private string Fresh()
    {
        string path = Path.Combine(folder, $"top-{lowers.Count}");
        Ext2uTools.Mkfs(path, "16m", "-b", "1024", "-N", "3000");
        return path;
    }

    private MountedExt2u Mount() =>
        Ext2uTools.Mount(top, Path.Combine(folder, "union"), $"union,lower={string.Join(':', lowers.Select(lower => lower.Path))}{options}");
}
