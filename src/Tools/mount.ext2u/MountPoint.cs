using Ext2Union.Linux.Descriptors;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>Finds the place that is mounted on.</summary>
internal static class MountPoint
{
    /// <summary>The absolute path of a directory without symbolic links, as the kernel will show it. Errors: ENOENT, ENOTDIR, ENOTCONN for a dead mount.</summary>
    public static string Resolve(string directory, out Errno error)
    {
        if (!DescriptorCalls.Open(directory, DescriptorCalls.PathOnly | DescriptorCalls.Directory | DescriptorCalls.CloseOnExec)
            .TryGet(out int descriptor, out error))
        {
            return directory;
        }

        string target = new FileInfo($"/proc/self/fd/{descriptor}").LinkTarget ?? directory;
        DescriptorCalls.Close(descriptor);
        return target;
    }
}
