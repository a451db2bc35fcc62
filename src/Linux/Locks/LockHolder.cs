using System.Globalization;
using System.Text;
using Ext2Union.Linux.Files;

namespace Ext2Union.Linux.Locks;

/// <summary>A process that holds a flock(2) on a file.</summary>
/// <param name="ProcessId">Its pid; 0 when it lives in another pid namespace.</param>
/// <param name="Command">Its comm, empty when it can't be read.</param>
/// <param name="IsExclusive">Whether the lock is LOCK_EX.</param>
public sealed record LockHolder(int ProcessId, string Command, bool IsExclusive)
{
    /// <summary>Finds a holder of a lock on the file in /proc/locks (proc_locks(5)), or null.</summary>
    public static LockHolder? Find(in FileStatus file) => Find(file, FileDescriptor.ReadAll("/proc/locks") ?? []);

    /// <inheritdoc/>
    public override string ToString() => this switch
    {
        { ProcessId: 0 } => "a process of another container",
        { Command: "" } => $"process {ProcessId}",
        _ => $"{Command} (pid {ProcessId})",
    };

    internal static LockHolder? Find(in FileStatus file, ReadOnlySpan<byte> locks)
    {
        string device = string.Create(CultureInfo.InvariantCulture, $"{file.Device.Major:x2}:{file.Device.Minor:x2}");
        LockHolder? sameInode = null;
        foreach (Range range in locks.Split((byte)'\n'))
        {
            string[] words = Encoding.ASCII.GetString(locks[range]).Split(' ', StringSplitOptions.RemoveEmptyEntries);

            // "7: FLOCK ADVISORY WRITE 4711 08:01:131 0 EOF"; a waiting one has "->" behind the number.
            if (words.Length < 6 || words[1] != "FLOCK" || words[5].LastIndexOf(':') is not (> 0 and int colon)
                || !ulong.TryParse(words[5].AsSpan(colon + 1), CultureInfo.InvariantCulture, out ulong inode) || inode != file.Inode
                || !int.TryParse(words[4], CultureInfo.InvariantCulture, out int processId))
            {
                continue;
            }

            var holder = new LockHolder(Math.Max(processId, 0), CommandOf(processId), words[3] == "WRITE");
            if (words[5].AsSpan(0, colon).SequenceEqual(device))
            {
                return holder;
            }

            // btrfs and overlayfs tell stat(2) another device number than the one shown here.
            sameInode ??= holder;
        }

        return sameInode;
    }

    private static string CommandOf(int processId) => processId <= 0
        ? string.Empty
        : Encoding.UTF8.GetString(FileDescriptor.ReadAll($"/proc/{processId}/comm") ?? []).TrimEnd('\n');
}
