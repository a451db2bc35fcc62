using Ext2Union.Tests.Support;

namespace Ext2Union.Posix.Tests.Backends;

/// <summary>The kernel's ext2 on a loop device.</summary>
internal sealed class KernelExt2 : Backend
{
    private LoopMount? mount;

    public override string Name => "kernel ext2";

    public override Subjects Kind => Subjects.KernelExt2;

    // Both would be made by the kernel, and be the same.
    public override bool HasBelow => false;

    private string Image => Scratch["image"];

    public override void Prepare() => PreparedImages.Empty(Image);

    public override void Mount() => mount = new LoopMount(Image, MountPoint, readOnly: false);

    public override void Unmount() => mount!.Dispose();

    public override void Judge() => E2fsck.AssertClean(Image);

    public override void Dispose()
    {
        mount?.Dispose();
        base.Dispose();
    }
}
