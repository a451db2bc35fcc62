using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// A layer below the top under check, as the checker asks it: read-only, and by facts alone, so that it needs neither the engine nor the union whose work it
/// checks. <see cref="VolumeLower"/> is an ext2 volume; what a directory of the host is, only the tool knows.
/// Every call may throw <see cref="LowerUnreadable"/> with one sentence for the user.
/// </summary>
public abstract class LowerLayer : IDisposable
{
    /// <summary>What the command line called it.</summary>
    public abstract string Name { get; }

    /// <summary>Who it is, as a top's table of lowers has it.</summary>
    public abstract LayerIdentity Identity { get; }

    /// <summary>Its own table of lowers; empty in a layer that never was a top.</summary>
    public virtual IReadOnlyList<RememberedLower> Lowers => [];

    /// <summary>Its root directory.</summary>
    public abstract LowerNode Root { get; }

    /// <summary>Reads a directory.</summary>
    public abstract LowerDirectory Open(LowerNode directory);

    /// <summary>Reads what is known of an object.</summary>
    public abstract LowerFacts FactsOf(LowerNode node);

    /// <summary>Finds the source of a copy: by number, or by path where there is one. False: it is not there.</summary>
    public abstract bool TryFindSource(ulong number, ReadOnlySpan<byte> path, out LowerNode node);

    /// <summary>Finds a copy in this layer's own index of copies, by what its table calls the source's layer.</summary>
    public virtual bool TryFindIndexed(ushort layer, ulong inode, out LowerNode copy)
    {
        copy = default;
        return false;
    }

    /// <summary>Closes the layer.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the layer holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
