using Ext2Union.Model.Tests.Tree;

namespace Ext2Union.Model.Tests.Stacks;

/// <summary>Something that can be mounted, used, checked and mounted again.</summary>
internal abstract class Stack(string folder) : IDisposable
{
    /// <summary>A folder for its images.</summary>
    protected string Folder { get; } = folder;

    /// <summary>Where it is mounted.</summary>
    public string MountPoint { get; } = Directory.CreateDirectory(Path.Combine(folder, "mounted")).FullName;

    /// <summary>What it can do.</summary>
    public abstract Abilities Abilities { get; }

    /// <summary>Whether its content outlives an unmount.</summary>
    public virtual bool IsKept => true;

    /// <summary>Mounts it.</summary>
    public abstract void Mount();

    /// <summary>Unmounts it and waits until everything is written.</summary>
    public abstract void Unmount();

    /// <summary>Fails unless the checkers find nothing. Requires: not mounted.</summary>
    public abstract void Check();

    /// <summary>Makes the top the highest lower under a new top; false where that makes no sense. Requires: not mounted.</summary>
    public virtual bool Rotate() => false;

    /// <summary>Fails unless the lowers are as they were. Requires: not mounted.</summary>
    public virtual void CheckLowers()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
