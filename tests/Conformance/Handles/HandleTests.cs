using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Handles;

/// <summary>
/// File handles outlive the daemon that gave them out: what an NFS server keeps opens the same object in the next one, before any name was looked up there, whatever layer it
/// lies in; what was removed is stale.
/// </summary>
public sealed class HandleTests : IDisposable
{
    private const int PathOnly = 0x200000;
    private const int ReadWrite = 2;

    private const string Content = """
        mkdir -p a/b/c many moved/inside/deep
        for i in $(seq 300); do echo "$i" > many/f$i; done
        echo one > a/one; ln a/one a/b/linked; ln a/one many/linked; ln -s one a/symbolic; mkfifo a/b/pipe
        echo below > a/b/c/below; echo kept > moved/inside/kept; echo deep > moved/inside/deep/file
        head -c 100000 /dev/zero | tr '\0' z > a/large; echo gone > many/gone; echo old > a/renamed
        """;

    private const string Changes = """
        mkdir -p new/under a/b; echo new > new/under/file; ln new/under/file new/linked
        mv moved/inside new/inside; mv a/renamed many/other-name; rm many/gone many/f7
        printf y | dd of=a/large bs=1 seek=5000 conv=notrunc status=none; chmod 600 a/b/c/below; mv a/b/c/below new/below; echo more >> many/f9; ln many/f11 new/f11
        """;

    private readonly ScratchDirectory scratch = new("handles");

    public HandleTests()
    {
        Need.Root();
        Need.Fuse();
    }

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData("nothing")]
    [InlineData("image")]
    [InlineData("directory")]
    [InlineData("two")]
    public void AHandleOutlivesTheDaemon(string below)
    {
        string options = Prepare(below);
        var handles = new List<(string Path, FileHandle Handle, string Seen)>();
        FileHandle removed;
        FileHandle removedBelow;
        using (MountedExt2u mount = Ext2uTools.Mount(scratch["top"], scratch["mount"], options))
        {
            removed = new FileHandle(scratch["mount/many/f7"]);
            removedBelow = new FileHandle(scratch["mount/many/gone"]);
            ProcessRunner.Bash(Changes, mount.FullPath);
            foreach (string path in PathsIn(mount.FullPath))
            {
                handles.Add((path, new FileHandle(path), Seen(Posix.Stat(Encoding.UTF8.GetBytes(path)), path)));
            }

            mount.Unmount();
        }

        Assert.True(handles.Count > 320, $"only {handles.Count} objects were seen");
        (string, FileHandle, string)[] mixed = [.. handles];
        new Random(5).Shuffle(mixed);
        using (MountedExt2u mount = Ext2uTools.Mount(scratch["top"], scratch["mount"], options))
        {
            int root = FileHandle.OpenMount(mount.FullPath);
            Assert.Equal(Errno.ESTALE, FileHandle.ErrorOf(removed.Open(root, PathOnly)));
            Assert.Equal(Errno.ESTALE, FileHandle.ErrorOf(removedBelow.Open(root, PathOnly)));
            foreach ((string path, FileHandle handle, string seen) in mixed)
            {
                int descriptor = handle.Open(root, PathOnly);
                Assert.True(descriptor >= 0, $"{path}: {FileHandle.ErrorOf(descriptor)}");
                Assert.Equal(path + " " + seen, path + " " + Seen(Posix.Stat(descriptor), $"/proc/{Environment.ProcessId}/fd/{descriptor}"));
                FileHandle.Close(descriptor);
            }

            FileHandle.Close(root);
            mount.Unmount();
        }

        _ = Ext2uTools.Fsck("-f", "-n", scratch["top"]).OrFail();
    }

    [Theory]
    [InlineData("image")]
    [InlineData("directory")]
    public void WhatIsWrittenThroughAHandleIsFoundUnderTheName(string below)
    {
        string options = Prepare(below);
        FileHandle[] handles;
        using (MountedExt2u mount = Ext2uTools.Mount(scratch["top"], scratch["mount"], options))
        {
            handles = [new FileHandle(scratch["mount/many/f33"]), new FileHandle(scratch["mount/a/b/linked"]), new FileHandle(scratch["mount/moved/inside/deep/file"])];
            ProcessRunner.Bash("mv moved elsewhere; mv a/b a/c", mount.FullPath);
            mount.Unmount();
        }

        using (MountedExt2u mount = Ext2uTools.Mount(scratch["top"], scratch["mount"], options))
        {
            int root = FileHandle.OpenMount(mount.FullPath);
            foreach (FileHandle handle in handles)
            {
                int descriptor = handle.Open(root, ReadWrite);
                Assert.True(descriptor >= 0, FileHandle.ErrorOf(descriptor).ToString());
                File.AppendAllText($"/proc/{Environment.ProcessId}/fd/{descriptor}", "added\n");
                FileHandle.Close(descriptor);
            }

            FileHandle.Close(root);
            Assert.Equal("33\nadded\n", File.ReadAllText(scratch["mount/many/f33"]));
            Assert.Equal("one\nadded\n", File.ReadAllText(scratch["mount/a/one"]));
            Assert.Equal("one\nadded\n", File.ReadAllText(scratch["mount/a/c/linked"]));
            Assert.Equal("deep\nadded\n", File.ReadAllText(scratch["mount/elsewhere/inside/deep/file"]));
            mount.Unmount();
        }

        _ = Ext2uTools.Fsck("-f", "-n", scratch["top"]).OrFail();
    }

    [Fact]
    public void SearchesEndInALowerWhoseDirectoriesStandInEachOther()
    {
        string options = Prepare("image");
        FileHandle file;
        FileHandle directory;
        using (MountedExt2u mount = Ext2uTools.Mount(scratch["top"], scratch["mount"], options))
        {
            file = new FileHandle(scratch["mount/many/f33"]);
            directory = new FileHandle(scratch["mount/moved/inside/deep"]);
            mount.Unmount();
        }

        // a stands in itself, many of its names twice; "deep" and "inside" are each other's parents.
        ProcessRunner.Bash(
            "printf 'ln a a/b/again\nln a/b a/b/c/more\nln moved/inside moved/inside/deep/up\nunlink moved/inside/deep/..\nunlink moved/inside/..\nln moved/inside moved/inside/deep/..\n"
            + "ln moved/inside/deep moved/inside/..\nunlink moved/inside\n' | debugfs -w -f /dev/stdin base", scratch.FullPath);
        using (MountedExt2u mount = Ext2uTools.Mount(scratch["top"], scratch["mount"], options))
        {
            int root = FileHandle.OpenMount(mount.FullPath);
            Assert.Equal(Errno.ESTALE, FileHandle.ErrorOf(directory.Open(root, PathOnly)));
            int descriptor = file.Open(root, PathOnly);
            Assert.True(descriptor >= 0, FileHandle.ErrorOf(descriptor).ToString());
            FileHandle.Close(descriptor);
            FileHandle.Close(root);
            mount.Unmount();
        }
    }

    [Fact]
    public void AHandleOfATmpfsThatIsGoneIsStale()
    {
        FileHandle handle;
        using (MountedExt2u mount = Ext2uTools.Mount("tmpfs", scratch["mount"]))
        {
            File.WriteAllText(scratch["mount/first"], "first");
            handle = new FileHandle(scratch["mount/first"]);
            mount.Unmount();
        }

        using (MountedExt2u mount = Ext2uTools.Mount("tmpfs", scratch["mount"]))
        {
            File.WriteAllText(scratch["mount/second"], "second");
            int root = FileHandle.OpenMount(mount.FullPath);
            Assert.Equal(Errno.ESTALE, FileHandle.ErrorOf(handle.Open(root, PathOnly)));
            FileHandle.Close(root);
            mount.Unmount();
        }
    }

    private string Prepare(string below)
    {
        Ext2uTools.Mkfs(scratch["top"], "32m");
        string content = scratch.Folder("lower");
        ProcessRunner.Bash(Content, content);
        switch (below)
        {
            case "nothing":
                using (MountedExt2u mount = Ext2uTools.Mount(scratch["top"], scratch["mount"]))
                {
                    ProcessRunner.Bash(Content, mount.FullPath);
                    mount.Unmount();
                }

                return "";
            case "image":
                Ext2uTools.Mkfs(scratch["base"], "32m", "-d", content);
                return $"union,lower={scratch["base"]}";
            case "two":
                Ext2uTools.Mkfs(scratch["base"], "32m", "-d", content);
                string above = scratch.Folder("above");
                ProcessRunner.Bash("mkdir -p many a/b/c; for i in $(seq 20 40); do echo \"above $i\" > many/f$i; done; echo above > a/b/c/above", above);
                return $"union,lower={above}:{scratch["base"]}";
            default:
                return $"union,lower={content}";
        }
    }

    private static IEnumerable<string> PathsIn(string folder) =>
        ProcessRunner.Check("/usr/bin/find", folder).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // What must be the same object: number, type and mode, links, size, time, and the content of a file.
    private static string Seen(Result<Attributes> status, string path)
    {
        Assert.True(status.TryGet(out Attributes shown, out Errno error), $"{path}: {error}");
        string text = $"{shown.Inode} {shown.Mode:x} {shown.LinkCount} {shown.Size} {shown.ModifyTime}";
        return shown.Mode >> 12 == 8 ? text + " " + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path))) : text;
    }
}
