
namespace Ext2Union.Posix.Tests.Backends;

/// <summary>A file system that the suite is run on: how it is made, mounted and judged.</summary>
internal abstract class Backend : IDisposable
{
    private readonly MemoryFolder scratch = new("posix");

    /// <summary>What it is, for people.</summary>
    public abstract string Name { get; }

    /// <summary>What it is, for behaviours.</summary>
    public abstract Subjects Kind { get; }

    /// <summary>Whether the behaviours are also run on objects made through the mount.</summary>
    public virtual bool HasHere => true;

    /// <summary>Whether they are also run on objects that lie in it before it is mounted.</summary>
    public abstract bool HasBelow { get; }

    /// <summary>Whether what is in it outlives a mount.</summary>
    public virtual bool IsDurable => true;

    /// <summary>Where it is mounted.</summary>
    public string MountPoint => scratch["mount"];

    /// <summary>A folder for images and mount points; goes at the end.</summary>
    protected MemoryFolder Scratch => scratch;

    /// <summary>Makes what is to be mounted.</summary>
    public abstract void Prepare();

    public abstract void Mount();

    public abstract void Unmount();

    /// <summary>Fails unless the checkers find nothing in the unmounted file system.</summary>
    public virtual void Judge()
    {
    }

    public virtual void Dispose() => scratch.Dispose();
}
