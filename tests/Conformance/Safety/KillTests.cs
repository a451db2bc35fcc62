using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Safety;

/// <summary>The daemon is killed in the middle of work: the image can be repaired without questions, and what was synced is there.</summary>
public sealed class KillTests
{
    private const string Load = """
        i=0
        while [ $i -lt 100000 ]; do
          i=$((i + 1)); d=load/$((i % 7)); mkdir -p $d/$i || break
          head -c $((i * 937 % 90000)) /dev/zero > $d/$i/file; ln $d/$i/file $d/link-$i; mv $d/$i $d/moved-$i
          echo appended >> old/file-$((i % 40)); rm -rf load/$(((i + 3) % 7))/moved-$((i - 4)) old/gone-$i
          setfattr -n user.x -v $i $d; : > $d/empty-$i
        done
        """;

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 2)]
    [InlineData(true, 3)]
    [InlineData(true, 4)]
    public async Task KilledDaemonLosesNothingThatWasSynced(bool union, int seed)
    {
        Need.Root();
        Need.Fuse();
        using var scratch = new ScratchDirectory("kill");
        string tree = scratch.Folder("tree"), image = scratch["image"];
        ProcessRunner.Bash("mkdir old; for i in $(seq 40); do echo $i > old/file-$i; done; for i in $(seq 300); do : > old/gone-$i; done", tree);
        Ext2uTools.Mkfs(scratch["base"], "32m", "-d", tree);
        Ext2uTools.Mkfs(image, "128m", union ? [] : ["-d", tree]);
        string options = union ? $"union,lower={scratch["base"]}" : "";
        byte[] synced = new byte[150_000];
        new Random(seed).NextBytes(synced);
        using (MountedExt2u mount = Ext2uTools.Mount(image, scratch["mount"], options))
        {
            Task load = Task.Run(() => ProcessRunner.Run("/bin/bash", "-c", $"cd {mount.FullPath} && {Load}"));
            for (int index = 0; index < 5; index++)
            {
                await Task.Delay(new Random(seed + index).Next(50, 250));
                SyncedFile(Path.Combine(mount.FullPath, "old", $"synced-{index}"), synced);
            }

            mount.Kill();
            ProcessRunner.Check("/bin/umount", "-l", mount.FullPath);
            await load.WaitAsync(TimeSpan.FromSeconds(60));
        }

        ProcessResult repair = Ext2uTools.Fsck("-p", "-f", image);
        Assert.True(repair.ExitCode is 0 or 1, repair.ToString());
        Ext2uTools.AssertClean(image);
        using MountedExt2u again = Ext2uTools.Mount(image, scratch["mount"], options);
        for (int index = 0; index < 5; index++)
        {
            Assert.Equal(synced, File.ReadAllBytes(Path.Combine(again.FullPath, "old", $"synced-{index}")));
        }

        again.Unmount();
    }

    private static void SyncedFile(string path, byte[] content)
    {
        Assert.True(Posix.Open(PathBytes.Of(path), Posix.OpenFlags.Write | Posix.OpenFlags.Create).TryGet(out Posix.OpenFile file, out _));
        using (file)
        {
            Assert.Equal(Vfs.Errno.None, file.Write(0, content));
            Assert.Equal(Vfs.Errno.None, file.Sync());
        }
    }
}
