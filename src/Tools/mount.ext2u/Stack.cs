using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>The file system to serve and what it stands on. Disposing it lets go of all layers and their locks, the served one first.</summary>
internal sealed class Stack : IDisposable
{
    private readonly List<IDisposable> parts = [];

    /// <summary>What is served.</summary>
    public required FileSystem FileSystem { get; init; }

    /// <summary>What mount(8) shows as the source.</summary>
    public required string Name { get; init; }

    /// <summary>Several layers.</summary>
    public bool IsUnion { get; init; }

    /// <summary>The top is a block device that the kernel may claim.</summary>
    public bool ClaimedDevice { get; init; }

    /// <summary>Adds something to be let go of, after what was added before.</summary>
    public void Own(IDisposable part) => parts.Add(part);

    /// <summary>Whether the mount will cover the files that this program runs from.</summary>
    public bool CoversRuntime(string target)
    {
        string prefix = target.EndsWith('/') ? target : target + "/";
        return AppContext.BaseDirectory.StartsWith(prefix, StringComparison.Ordinal)
            || System.Runtime.InteropServices.RuntimeEnvironment.GetRuntimeDirectory().StartsWith(prefix, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        FileSystem.Dispose();
        parts.ForEach(part => part.Dispose());
    }
}
