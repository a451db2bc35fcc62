using Ext2Union.Model.Tests.Tree;
using Ext2Union.Tests.Support;

namespace Ext2Union.Model.Tests.Stacks;

/// <summary>A file system of the kernel: what the model says has to be true there first.</summary>
internal sealed class KernelStack : Stack
{
    // Many kernels have no driver for ext2 alone: that of ext4 serves it.
    private static readonly bool HasExt2Driver = File.ReadLines("/proc/kallsyms").Any(line => line.EndsWith(" ext2_fill_super", StringComparison.Ordinal));

    private readonly string type;
    private readonly string image;
    private LoopMount? mount;

    /// <summary>Makes the volume.</summary>
    /// <param name="folder">Where.</param>
    /// <param name="type">"ext2" or "ext4".</param>
    public KernelStack(string folder, string type)
        : base(folder)
    {
        this.type = type;
        image = Path.Combine(folder, "kernel.image");
        Mke2fs.SparseFile(image, 64 << 20);
        _ = ProcessRunner.Check("/sbin/mke2fs", "-q", "-F", "-t", type, "-I", "256", "-b", "1024", image);
    }

    /// <inheritdoc/>
    public override Abilities Abilities => type != "ext2" ? new Abilities { KnowsGroups = true, WritesImmutableByDescriptor = false }
        : HasExt2Driver ? new Abilities { KnowsGroups = true, Exchanges = false, Punches = false, Allocates = false, ResizesImmutableByDescriptor = true, TimeGranularity = 1_000_000_000 }
        : new Abilities { KnowsGroups = true, Allocates = false, WritesImmutableByDescriptor = false };

    /// <inheritdoc/>
    public override void Mount() => mount = new LoopMount(image, MountPoint, type, readOnly: false);

    /// <inheritdoc/>
    public override void Unmount()
    {
        mount?.Dispose();
        mount = null;
    }

    /// <inheritdoc/>
    public override void Check()
    {
        // Of ext4 it also says which extent trees could be shorter; that is no fault, and its exit code says so.
        if (type == "ext2")
        {
            E2fsck.AssertClean(image);
        }
        else
        {
            _ = ProcessRunner.Run("/sbin/e2fsck", "-fn", image).OrFail();
        }
    }

    /// <inheritdoc/>
    public override void Dispose() => Unmount();
}
