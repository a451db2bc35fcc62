using Ext2Union.Tests.Support;

namespace Ext2Union.Posix.Tests.Backends;

/// <summary>Our ext2 or our tmpfs, without a union.</summary>
internal sealed class PlainMount(bool isTmpfs) : Backend
{
    private MountedExt2u? mount;

    public override string Name => isTmpfs ? "our tmpfs" : "our ext2";

    public override Subjects Kind => isTmpfs ? Subjects.PlainTmpfs : Subjects.PlainExt2;

    public override bool HasBelow => !isTmpfs;

    public override bool IsDurable => !isTmpfs;

    private string Image => Scratch["image"];

    public override void Prepare()
    {
        if (!isTmpfs)
        {
            PreparedImages.CopyTo(Image);
        }
    }

    public override void Mount() => mount = Ext2uTools.Mount(isTmpfs ? "tmpfs" : Image, MountPoint);

    public override void Unmount() => mount!.Unmount();

    public override void Judge() => Ext2uTools.AssertClean(Image);

    public override void Dispose()
    {
        mount?.Dispose();
        base.Dispose();
    }
}
