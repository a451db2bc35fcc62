namespace Ext2Union.HostDirectory;

/// <summary>Where an object was last seen. It holds a reference to its parent's inode, so every ancestor can be reached.</summary>
/// <param name="Parent">The directory.</param>
/// <param name="TerminatedName">The name there, with a zero at its end.</param>
internal sealed record HostLocation(HostObject Parent, byte[] TerminatedName);
