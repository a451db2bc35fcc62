using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>A tmpfs of the kernel: where a reference lives without touching a disk.</summary>
internal sealed class TmpfsMount : IDisposable
{
    private readonly AtExit.Registration registration;

    public TmpfsMount(string folder)
    {
        _ = Directory.CreateDirectory(folder);
        FullPath = folder;
        SystemMount.Mount("tmpfs", folder, "tmpfs", "size=2G,mode=755");
        registration = AtExit.Run(() => SystemMount.Unmount(FullPath));
    }

    public string FullPath { get; }

    public void Dispose() => registration.RunNow();
}
