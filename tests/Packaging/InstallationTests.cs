using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Packaging.Tests;

/// <summary>The Debian package: made twice the same, installed in a root without the project, used by the system's own commands, and removed.</summary>
public sealed class InstallationTests : IDisposable
{
    private readonly ScratchDirectory scratch = new("package");

    public void Dispose() => scratch.Dispose();

    /// <summary>The root is this machine's own under an overlay, without the project and without .NET; EXT2U_CLEAN_ROOT names another, as debootstrap makes it.</summary>
    [Fact]
    public void InstalledItIsFoundAndRemovedItIsGone()
    {
        Need.Fuse();
        Need.LoopDevices();
        Need.KernelFileSystem("overlay");
        Need.Command("dpkg-deb");
        Need.Command("fusermount3");
        string package = Make(scratch.Folder("first"), "none");
        string dotnet = ProcessRunner.Bash("dirname $(readlink -f $(command -v dotnet))").Trim();
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string lower = Environment.GetEnvironmentVariable("EXT2U_CLEAN_ROOT") is { Length: > 0 } named ? named : "/";
        string[] hidden = [Repository.Root, dotnet, .. home.Length > 1 ? (string[])[home] : []];
        string output = ProcessRunner.Check(
            "/usr/bin/unshare",
            ["-mpf", "--kill-child", "--propagation", "private", Script("clean-root.sh"), package, lower, scratch.Folder("root"), .. hidden]);
        Assert.Equal(
            """
            ok: installed
            ok: manual pages
            ok: mkfs -t ext2u
            ok: fsck.ext2u
            ok: mount -t ext2u
            ok: umount has written all
            ok: fsck -t ext2u
            ok: fstab, fsck -A, umount -a
            ok: a block device, known to udev
            ok: a user
            ok: completion, examples
            ok: removed, nothing left

            """,
            output);
    }

    [Fact]
    public void ItIsTheSameEachTime()
    {
        Need.Command("dpkg-deb");
        byte[] first = File.ReadAllBytes(Make(scratch.Folder("first"), "none"));
        byte[] second = File.ReadAllBytes(Make(scratch.Folder("second"), "none"));
        Assert.True(first.AsSpan().SequenceEqual(second), "two packages of the same programs differ");
    }

    [Fact]
    public void LintianIsContent()
    {
        if (Environment.GetEnvironmentVariable("EXT2U_LINTIAN") is not { Length: > 0 })
        {
            Assert.Skip("lintian needs half a minute; run it with EXT2U_LINTIAN=1");
        }

        Need.Command("lintian");
        ProcessResult result = ProcessRunner.Run("/usr/bin/lintian", "--allow-root", "--fail-on", "error,warning", Make(scratch.Folder("first"), "xz")).OrFail();
        Assert.Equal("", result.Output);
    }

    [Fact]
    public void UnitsAreUnderstood()
    {
        Need.Command("systemd-analyze");
        ProcessResult result = ProcessRunner.Run(
            "/bin/bash", "-c", $"systemd-analyze verify --man=no {Repository.Root}/packaging/examples/*.mount {Repository.Root}/packaging/examples/*.automount");
        Assert.Equal("", result.OrFail().Error);
    }

    // blkid says ext4 of a volume with marks; udev and whoever goes by its word shall not.
    [Theory]
    [InlineData("mkfs.ext2u -q -F -O whiteout,fallthru image 1m", "ID_FS_TYPE=ext2u\n")]
    [InlineData("mkfs.ext2u -q -F -O fallthru image 1m", "ID_FS_TYPE=ext2u\n")]
    [InlineData("mkfs.ext2u -q -F image 1m", "")]
    [InlineData("truncate -s 8M image; mke2fs -qF -t ext4 image", "")]
    [InlineData("truncate -s 8M image; mke2fs -qF -t ext4 image; printf '\\xe2\\x0a' | dd of=image bs=1 seek=1120 conv=notrunc status=none", "")]
    [InlineData("head -c 4k /dev/urandom > image", "")]
    [InlineData("printf short > image", "")]
    [InlineData("true", "")]
    public void MarksAreNotTakenForExt4(string how, string answer)
    {
        Need.Command("mke2fs");
        string made = how.Replace("mkfs.ext2u", Repository.PublishedTool("mkfs.ext2u"), StringComparison.Ordinal);
        Assert.Equal(answer, ProcessRunner.Bash($"{made}; {Repository.Root}/packaging/udev/ext2u_id image", scratch.FullPath));
    }

    private static string Script(string name) => Path.Combine(Repository.Root, "tests", "Packaging", name);

    private static string Make(string folder, string compression)
    {
        var start = new ProcessStartInfo(Path.Combine(Repository.Root, "scripts", "package.sh"));
        start.Environment["EXT2U_DEB_COMPRESSION"] = compression;
        start.Environment["SOURCE_DATE_EPOCH"] = "1700000000";
        return ProcessRunner.Run(start, [folder], null, TimeSpan.FromMinutes(5)).OrFail().Output.Trim();
    }
}
