using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests.Citizen;

/// <summary>A folder to mount on, and one for images; both are free of mounts when it goes.</summary>
internal sealed class MountPlace : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(15);

    private readonly ScratchDirectory scratch = new("mount");

    public MountPlace()
    {
        Need.Root();
        Need.Fuse();
        Folder = scratch.Folder("mnt");
    }

    /// <summary>The mount point.</summary>
    public string Folder { get; }

    /// <summary>The folder around it.</summary>
    public string Scratch => scratch.FullPath;

    /// <summary>The program that is tested.</summary>
    public static string Tool => Repository.Tool("mount.ext2u");

    /// <summary>The line of the mount in /proc/self/mountinfo; null when nothing is mounted.</summary>
    public string? Line => File.ReadLines("/proc/self/mountinfo").LastOrDefault(line => line.Split(' ')[4] == Folder);

    /// <summary>The path of something in the folder around.</summary>
    public string this[string name] => scratch[name];

    /// <summary>Waits until something is so. False: it took too long.</summary>
    public static bool Wait(Func<bool> condition)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!condition())
        {
            if (watch.Elapsed > Limit)
            {
                return false;
            }

            Thread.Sleep(10);
        }

        return true;
    }

    /// <summary>Makes an image by mke2fs.</summary>
    public string Image(string name = "image", string options = "", string size = "8M")
    {
        Need.Command("mke2fs");
        ProcessRunner.Bash($"truncate -s {size} {this[name]}; mke2fs -qF -t ext2 {options} {this[name]} 2>/dev/null");
        return this[name];
    }

    /// <summary>Runs the tool.</summary>
    public static ProcessResult Mount(params ReadOnlySpan<string> arguments) => ProcessRunner.Run(Tool, arguments);

    /// <summary>Mounts and fails when that fails.</summary>
    public ProcessResult MountHere(string what, string options = "rw") => Mount(what, Folder, "-o", options).OrFail();

    /// <summary>What the tool says when it refuses: one line, with this exit status, and nothing mounted.</summary>
    public string Refused(int status, params ReadOnlySpan<string> arguments)
    {
        ProcessResult result = Mount(arguments);
        string line = Assert.Single(result.Error.TrimEnd('\n').Split('\n'));
        Assert.True(status == result.ExitCode, $"exit status {result.ExitCode}: {line}");
        Assert.StartsWith("mount.ext2u: ", line);
        Assert.Null(Line);
        return line["mount.ext2u: ".Length..];
    }

    /// <summary>Unmounts and waits for the daemon's end.</summary>
    public void Unmount() => ProcessRunner.Check("/bin/sh", Path.Combine(Repository.Root, "packaging", "umount.fuse.ext2u"), Folder);

    /// <summary>
    /// Runs a script of bash in a mount name space of its own, in which mount(8) finds the tool in /sbin and /etc/fstab is the file fstab of the folder around.
    /// </summary>
    public string WithSystem(string script)
    {
        Need.Command("unshare");
        Need.KernelFileSystem("overlay");
        string setup = $"""
            cd {Scratch}; mkdir -p sys; touch fstab; mount -t tmpfs none sys; mkdir sys/u sys/w
            mount -t overlay -o lowerdir=/usr/sbin,upperdir=sys/u,workdir=sys/w none /usr/sbin
            for name in mount.ext2u mount.fuse.ext2u mount.fuseblk.ext2u; do ln -s {Tool} /usr/sbin/$name; done
            cp {Repository.Root}/packaging/umount.fuse.ext2u /usr/sbin/; chmod 755 /usr/sbin/umount.fuse.ext2u
            mount --bind fstab /etc/fstab
            """;
        File.WriteAllText(this["script"], $"set -euo pipefail\n{setup}\n{script}\n");
        return ProcessRunner.Bash($"unshare -m bash {this["script"]}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        for (int i = 0; i < 5 && Line is not null; i++)
        {
            _ = ProcessRunner.Run("/bin/umount", "-l", Folder);
        }

        scratch.Dispose();
    }
}
