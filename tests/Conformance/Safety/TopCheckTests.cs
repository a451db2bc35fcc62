using System.Text;
using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Safety;

/// <summary>A top that real mounts left with an incomplete file and a copy of a hard-linked one, under the checkers; and what the union shows after a repair.</summary>
public sealed class TopCheckTests : IDisposable
{
    private const int LargeBytes = 3_000_000;
    private readonly ScratchDirectory scratch = new("top-check");

    public void Dispose() => scratch.Dispose();

    [Fact]
    public void AnIncompleteFileAndTheIndexAreSoundListedAndRestored()
    {
        Need.Fuse();
        byte[] large = MakeLower();
        Ext2uTools.Mkfs(scratch["top.img"], "16m");
        Use(folder =>
        {
            Write(Path.Combine(folder, "large"), 100_000, "changed");
            Write(Path.Combine(folder, "one/linked"), 10, "linked");
        });
        ProcessResult check = Ext2uTools.Fsck("-f", "-n", scratch["top.img"]).OrFail();
        Assert.Contains(", 2 incomplete files, 1 index entries\n", check.Output);
        Ext2uTools.AssertClean(scratch["top.img"]);

        string[] list = Ext2uTools.Fsck("--list-marks", scratch["top.img"]).OrFail().Output.TrimEnd().Split('\n');
        string incomplete = Assert.Single(list, line => line.StartsWith("incomplete /large\t", StringComparison.Ordinal));
        Assert.Contains(" bytes below\tlower 1: ext2 volume ", incomplete);
        string indexed = Assert.Single(list, line => line.StartsWith("indexed /.ext2u-index/0001-", StringComparison.Ordinal));
        Assert.EndsWith("\t3 names below", indexed);
        Assert.Single(list, line => line.StartsWith("lower 1\text2 volume ", StringComparison.Ordinal) && line.EndsWith("\tin the last stack", StringComparison.Ordinal));

        // A stock tool takes the entry out, and the bits are lost with an old superblock: the copy has no name at all now.
        E2fsck.ClearMarkFeatures(scratch["top.img"]);
        string entry = indexed.Split('\t')[0]["indexed ".Length..];
        ProcessRunner.Check("/sbin/debugfs", "-w", "-R", "unlink " + entry, scratch["top.img"]);
        Assert.Equal(1, Ext2uTools.Fsck("-f", "-p", scratch["top.img"]).ExitCode);
        Ext2uTools.AssertClean(scratch["top.img"]);
        Use(folder =>
        {
            foreach (string name in (string[])["one/linked", "two/other", "third"])
            {
                Assert.Equal("linked", Encoding.ASCII.GetString(File.ReadAllBytes(Path.Combine(folder, name)).AsSpan(10, 6)));
            }
            "changed"u8.CopyTo(large.AsSpan(100_000));
            Assert.True(large.AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(folder, "large"))));
        });
    }

    private byte[] MakeLower()
    {
        string tree = scratch.Folder("tree");
        byte[] large = new byte[LargeBytes];
        new Random(1).NextBytes(large);
        File.WriteAllBytes(Path.Combine(tree, "large"), large);
        ProcessRunner.Bash("mkdir one two; head -c 100000 /dev/zero | tr '\\0' x > one/linked; ln one/linked two/other; ln one/linked third", tree);
        Ext2uTools.Mkfs(scratch["lower.img"], "16m", "-d", tree);
        return large;
    }

    private void Use(Action<string> use)
    {
        using MountedExt2u mount = Ext2uTools.Mount(scratch["top.img"], scratch["mount"], $"union,lower={scratch["lower.img"]}");
        use(mount.FullPath);
        mount.Unmount();
    }

    private static void Write(string path, long offset, string text)
    {
        using FileStream file = File.Open(path, FileMode.Open, FileAccess.Write);
        file.Position = offset;
        file.Write(Encoding.ASCII.GetBytes(text));
    }
}
