using Ext2Union.Tests.Support;

namespace Ext2Union.Posix.Tests.Backends;

/// <summary>
/// A scratch folder in the memory of the kernel: the suite asks what calls do, not what a disk does, and there are thousands of them. Goes at the end
/// with all that is in it.
/// </summary>
internal sealed class MemoryFolder : IDisposable
{
    private readonly ScratchDirectory scratch;
    private readonly AtExit.Registration registration;

    public MemoryFolder(string label)
    {
        scratch = new ScratchDirectory(label);
        SystemMount.Mount("tmpfs", scratch.FullPath, "tmpfs", "size=4G,mode=755");
        registration = AtExit.Run(() => SystemMount.Unmount(scratch.FullPath));
    }

    /// <summary>The path of something in it.</summary>
    public string this[string name] => scratch[name];

    public void Dispose()
    {
        registration.RunNow();
        scratch.Dispose();
    }
}
