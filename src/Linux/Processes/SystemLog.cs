using System.Runtime.InteropServices;

namespace Ext2Union.Linux.Processes;

/// <summary>syslog(3), where a daemon without a terminal reports.</summary>
public static partial class SystemLog
{
    private const int Daemon = 3 << 3;
    private const int Warning = 4;

    /// <summary>Writes one line with the priority daemon.warning.</summary>
    public static void Warn(string line) => Write(Daemon | Warning, "%s", line);

    [LibraryImport("libc", EntryPoint = "syslog", StringMarshalling = StringMarshalling.Utf8)]
    private static partial void Write(int priority, string format, string line);
}
