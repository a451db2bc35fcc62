using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>The kernel's overlayfs over directories: the reference. Its upper lies on a tmpfs of its own.</summary>
internal sealed class OverlayMount : IDisposable
{
    private readonly string options;
    private readonly AtExit.Registration registration;

    /// <summary>Mounts; the folder holds upper, work and the mount point.</summary>
    public OverlayMount(string folder, IEnumerable<string> lowers, Timestamp rootTime)
    {
        foreach (string name in (string[])["upper", "work", "overlay"])
        {
            _ = Directory.CreateDirectory(Path.Combine(folder, name));
        }

        _ = Posix.SetTimes(PathBytes.Of(Path.Combine(folder, "upper")), rootTime, rootTime);
        FullPath = Path.Combine(folder, "overlay");
        options = $"lowerdir={string.Join(':', lowers)},upperdir={folder}/upper,workdir={folder}/work,metacopy=off,redirect_dir=off,index=off,xino=off";
        registration = AtExit.Run(() => SystemMount.Unmount(FullPath));
        Mount();
    }

    /// <summary>The mount point.</summary>
    public string FullPath { get; }

    public void Remount()
    {
        SystemMount.Unmount(FullPath);
        Mount();
    }

    public void Dispose() => registration.RunNow();

    private void Mount() => SystemMount.Mount("overlay", FullPath, "overlay", options);
}
