using Xunit;

namespace Ext2Union.Tests.Support;

/// <summary>What a test needs of the machine. Where it is missing the test is skipped and says why.</summary>
public static class Need
{
    /// <summary>The superuser: loop mounts, device nodes, owners.</summary>
    public static void Root()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root");
        }
    }

    /// <summary>The FUSE device.</summary>
    public static void Fuse()
    {
        if (!File.Exists("/dev/fuse"))
        {
            Assert.Skip("needs /dev/fuse");
        }
    }

    /// <summary>Root and a free loop device.</summary>
    public static void LoopDevices()
    {
        Root();
        if (!File.Exists("/dev/loop-control"))
        {
            Assert.Skip("needs loop devices (/dev/loop-control)");
        }
    }

    /// <summary>A file system of the running kernel.</summary>
    public static void KernelFileSystem(string type)
    {
        Root();
        if (File.Exists("/sbin/modprobe"))
        {
            _ = ProcessRunner.Run("/sbin/modprobe", "-q", type);
        }

        if (!File.ReadLines("/proc/filesystems").Any(line => line.EndsWith("\t" + type, StringComparison.Ordinal)))
        {
            Assert.Skip($"needs {type} in the kernel");
        }
    }

    /// <summary>Free bytes on the host file system of a folder.</summary>
    public static void FreeSpace(string folder, long bytes)
    {
        if (new DriveInfo(folder).AvailableFreeSpace < bytes)
        {
            Assert.Skip($"needs {bytes >> 30} GiB free under {folder}");
        }
    }

    /// <summary>A command.</summary>
    public static void Command(string name)
    {
        if (!FindCommand(name))
        {
            Assert.Skip($"needs the command {name} (scripts/setup.sh installs it)");
        }
    }

    private static bool FindCommand(string name)
    {
        string path = Environment.GetEnvironmentVariable("PATH") + ":/usr/sbin:/sbin";
        return path.Split(':').Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, name)));
    }
}
