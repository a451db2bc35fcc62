using System.Runtime.InteropServices;

namespace Ext2Union.Linux.Processes;

/// <summary>syslog(3), where a daemon without a terminal reports.</summary>
public static partial class SystemLog
{
    private const int Daemon = 3 << 3;
    private const int Warning = 4;
    private const int WithProcessId = 1;

    // The C library keeps the pointer.
    private static readonly nint Name = Marshal.StringToCoTaskMemUTF8("mount.ext2u");
    private static bool isOpen;

    /// <summary>Writes one line with the priority daemon.warning, as mount.ext2u[PID].</summary>
    public static void Warn(string line)
    {
        if (!Volatile.Read(ref isOpen))
        {
            Open(Name, WithProcessId, Daemon);
            Volatile.Write(ref isOpen, true);
        }

        Write(Daemon | Warning, "%s", line);
    }

    [LibraryImport("libc", EntryPoint = "openlog")]
    private static partial void Open(nint name, int options, int facility);

    [LibraryImport("libc", EntryPoint = "syslog", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void Write(int priority, string format, string line);
}
