using Ext2Union.Tests.Support;

namespace Ext2Union.Posix.Tests.Backends;

/// <summary>The kernel's overlayfs, as good as it can be made: with index, redirects and inode numbers of its own. Both layers are ext2 of the kernel.</summary>
internal sealed class KernelOverlay : Backend
{
    private LoopMount? lower;
    private LoopMount? upper;
    private AtExit.Registration? mount;

    public override string Name => "kernel overlayfs, ext2 over ext2";

    public override Subjects Kind => Subjects.KernelOverlay;

    public override bool HasBelow => true;

    public override void Prepare()
    {
        PreparedImages.CopyTo(Scratch["lower.image"]);
        PreparedImages.Empty(Scratch["upper.image"]);
        lower = new LoopMount(Scratch["lower.image"], Scratch["lower"]);
        upper = new LoopMount(Scratch["upper.image"], Scratch["upper"], readOnly: false);
        _ = Directory.CreateDirectory(Path.Combine(upper.FullPath, "upper"));
        _ = Directory.CreateDirectory(Path.Combine(upper.FullPath, "work"));
        _ = Directory.CreateDirectory(MountPoint);
    }

    public override void Mount()
    {
        string layers = $"lowerdir={lower!.FullPath},upperdir={upper!.FullPath}/upper,workdir={upper.FullPath}/work";
        _ = ProcessRunner.Check("/bin/mount", "-t", "overlay", "-o", layers + ",index=on,redirect_dir=on,xino=on,noatime", "overlay", MountPoint);
        mount = AtExit.Run(() => SystemMount.Unmount(MountPoint));
    }

    public override void Unmount() => mount!.RunNow();

    public override void Dispose()
    {
        mount?.RunNow();
        upper?.Dispose();
        lower?.Dispose();
        base.Dispose();
    }
}
