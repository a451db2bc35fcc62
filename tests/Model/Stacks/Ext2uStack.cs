using System.Security.Cryptography;
using Ext2Union.Model.Tests.Tree;
using Ext2Union.Tests.Support;

namespace Ext2Union.Model.Tests.Stacks;

/// <summary>Our mount: an ext2 image or a tmpfs alone, or as the top of a union.</summary>
internal sealed class Ext2uStack : Stack
{
    private const int MostLowers = 5;

    private readonly List<string> lowers;
    private readonly Dictionary<string, string> states = [];
    private string top;
    private int topCount;
    private MountedExt2u? mount;

    /// <summary>Makes the top.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="lowers">Images and directories, highest first; empty for a plain mount.</param>
    /// <param name="hasTmpfsTop">Whether the top is a tmpfs.</param>
    /// <param name="content">A directory that fills the top, or null.</param>
    public Ext2uStack(string folder, IEnumerable<string> lowers, bool hasTmpfsTop, string? content)
        : base(folder)
    {
        this.lowers = [.. lowers];
        foreach (string lower in this.lowers)
        {
            states[lower] = State(lower);
        }

        IsKept = !hasTmpfsTop;
        top = hasTmpfsTop ? "tmpfs" : NewTop(content);
    }

    /// <inheritdoc/>
    public override Abilities Abilities => new() { MergesDirectories = lowers.Count > 0, ReservesBehindEnd = !IsKept };

    /// <inheritdoc/>
    public override bool IsKept { get; }

    /// <summary>Makes an ext2 image.</summary>
    public static void MakeImage(string image, int blockBytes, string? content) =>
        Ext2uTools.Mkfs(image, "64m", ["-b", $"{blockBytes}", "-N", "4000", .. content is null ? Array.Empty<string>() : ["-d", content]]);

    /// <inheritdoc/>
    public override void Mount() => mount = Ext2uTools.Mount(top, MountPoint, Options);

    /// <inheritdoc/>
    public override void Unmount()
    {
        mount?.Unmount();
        mount = null;
    }

    /// <inheritdoc/>
    public override void Check()
    {
        if (IsKept)
        {
            Ext2uTools.AssertClean(top);
        }
    }

    /// <inheritdoc/>
    public override bool Rotate()
    {
        if (!IsKept || lowers.Count is 0 or MostLowers)
        {
            return false;
        }

        lowers.Insert(0, top);
        states[top] = State(top);
        top = NewTop(null);
        return true;
    }

    /// <inheritdoc/>
    public override void CheckLowers()
    {
        foreach ((string lower, string state) in states)
        {
            if (State(lower) != state)
            {
                throw new InvalidOperationException($"the lower {lower} was changed");
            }

            if (File.Exists(lower))
            {
                Ext2uTools.AssertClean(lower);
            }
        }
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        mount?.Dispose();
        mount = null;
    }

    private string Options => lowers.Count > 0 ? $"union,lower={string.Join(':', lowers)}" : IsKept ? "" : "mode=755";

    private static string State(string lower)
    {
        if (Directory.Exists(lower))
        {
            return TreeSnapshot.Of(lower, TreeOptions.All).ToString();
        }

        using FileStream file = File.OpenRead(lower);
        return Convert.ToHexString(SHA256.HashData(file));
    }

    private string NewTop(string? content)
    {
        string image = Path.Combine(Folder, $"top-{++topCount}.image");
        MakeImage(image, 1024 << (topCount % 3), content);
        return image;
    }
}
