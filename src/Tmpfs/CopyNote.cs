using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs;

/// <summary>What an object is a copy of. Guarded by the file system's lock.</summary>
internal sealed class CopyNote
{
    /// <summary>The source.</summary>
    public CopySource Source;

    /// <summary>The path of the source inside its layer; empty where the number finds it.</summary>
    public byte[] Path = [];
}
