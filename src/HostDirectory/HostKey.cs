using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>What an object is on the host.</summary>
/// <param name="Volume">The file system it lies in.</param>
/// <param name="Inode">Its number there.</param>
internal readonly record struct HostKey(DeviceNumber Volume, ulong Inode);
