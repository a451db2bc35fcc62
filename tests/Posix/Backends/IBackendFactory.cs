namespace Ext2Union.Posix.Tests.Backends;

/// <summary>Makes a backend.</summary>
public interface IBackendFactory
{
    /// <summary>Makes it; nothing is mounted yet.</summary>
    public IDisposable Make();
}
