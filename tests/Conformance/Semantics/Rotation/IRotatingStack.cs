using Ext2Union.Conformance.Tests.Differential;

namespace Ext2Union.Conformance.Tests.Semantics.Rotation;

/// <summary>A union whose top can become its highest lower, under a fresh top.</summary>
internal interface IRotatingStack : IDisposable
{
    /// <summary>The union as it is seen.</summary>
    public ITarget Target { get; }

    /// <summary>Unmounts, judges the top, puts a fresh one over it. Null, or what is wrong with the former top.</summary>
    public string? Rotate();

    /// <summary>Unmounts and judges all layers: the last top by the checkers, all others by their bytes. Null, or what is wrong.</summary>
    public string? End();
}
