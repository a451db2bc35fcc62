using Ext2Union.BlockDevices;
using Ext2Union.Fuse;
using Ext2Union.HostDirectory;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>The file system to serve. Disposing it lets go of all its layers and their locks.</summary>
internal sealed class Stack : IDisposable
{
    /// <summary>What is served.</summary>
    public required FileSystem FileSystem { get; init; }

    /// <summary>What mount(8) shows as the source.</summary>
    public required string Name { get; init; }

    /// <summary>Several layers.</summary>
    public bool IsUnion { get; init; }

    /// <summary>The block device that the top is on, when it is opened for writing.</summary>
    public FileBlockDevice? Device { get; init; }

    /// <summary>Owners and permissions as they are shown; null: as they are.</summary>
    public Presentation? Shown { get; init; }

    /// <summary>Lowers that may have the mount point inside them.</summary>
    public IReadOnlyList<HostFileSystem> HostLowers { get; init; } = [];

    /// <summary>Whether the mount will cover the files that this program runs from.</summary>
    public bool CoversRuntime(string target)
    {
        string prefix = target.EndsWith('/') ? target : target + "/";
        return AppContext.BaseDirectory.StartsWith(prefix, StringComparison.Ordinal)
            || System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory().StartsWith(prefix, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose() => FileSystem.Dispose();
}
