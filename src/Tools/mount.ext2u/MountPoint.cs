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

        // A dead mount still can be named; only a request to it tells. That we may not list a directory says nothing against it.
        if (DescriptorCalls.Open(directory, DescriptorCalls.Directory | DescriptorCalls.CloseOnExec).TryGet(out descriptor, out Errno listing))
        {
            DescriptorCalls.Close(descriptor);
        }

        error = listing == Errno.ENOTCONN ? listing : Errno.None;
        return target;
    }
}
