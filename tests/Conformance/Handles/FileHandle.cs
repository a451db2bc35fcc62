using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Handles;

/// <summary>A handle as NFS servers keep it: name_to_handle_at(2) and open_by_handle_at(2).</summary>
internal sealed unsafe partial class FileHandle
{
    private const int CurrentDirectory = -100;
    private const int MaximumBytes = 128;
    private const int HeaderBytes = 8;
    private readonly byte[] handle = new byte[HeaderBytes + MaximumBytes];

    /// <summary>The handle of what stands under a path; of a link itself.</summary>
    public FileHandle(string path)
    {
        BitConverter.TryWriteBytes(handle, MaximumBytes);
        int mount;
        if (Native.name_to_handle_at(CurrentDirectory, path, handle, &mount, 0) != 0)
        {
            throw new InvalidOperationException($"no handle of {path}: {Marshal.GetLastPInvokeErrorMessage()}");
        }
    }

    /// <summary>Opens it on a mount. A descriptor, or the errno, negative.</summary>
    public int Open(int mount, int flags)
    {
        int descriptor = Native.open_by_handle_at(mount, handle, flags);
        return descriptor >= 0 ? descriptor : -Marshal.GetLastPInvokeError();
    }

    /// <summary>open(2) of a directory, to name a mount by.</summary>
    public static int OpenMount(string path) => Native.open(path, 0x10000);

    /// <summary>close(2).</summary>
    public static void Close(int descriptor) => _ = Native.close(descriptor);

    /// <summary>The errno for a negative answer of <see cref="Open"/>.</summary>
    public static Errno ErrorOf(int answer) => (Errno)(-answer);

    private static partial class Native
    {
        [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int name_to_handle_at(int directory, string path, byte[] handle, int* mount, int flags);

        [LibraryImport("libc", SetLastError = true)]
        public static partial int open_by_handle_at(int mount, byte[] handle, int flags);

        [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
        public static partial int open(string path, int flags);

        [LibraryImport("libc")]
        public static partial int close(int descriptor);
    }
}
