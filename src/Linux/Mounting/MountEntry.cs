namespace Ext2Union.Linux.Mounting;

/// <summary>One line of /proc/self/mountinfo (proc(5)).</summary>
/// <param name="Id">Number of the mount.</param>
/// <param name="Device">Major and minor number of the file system, as "0:54".</param>
/// <param name="Target">Mount point.</param>
/// <param name="Options">Options of the mount point, and of the file system behind them.</param>
/// <param name="Type">Type of the file system.</param>
/// <param name="Source">What is mounted.</param>
public readonly record struct MountEntry(int Id, string Device, string Target, string Options, string Type, string Source);
