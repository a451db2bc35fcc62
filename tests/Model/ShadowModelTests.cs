using Ext2Union.Model.Tests.Workers;
using Ext2Union.Tests.Support;

namespace Ext2Union.Model.Tests;

/// <summary>
/// The model predicts each answer of random calls of several processes. On file systems of the kernel that shows that the model is right, on ours that
/// they are: a plain mount, and a union whatever its layers are.
/// </summary>
public sealed class ShadowModelTests : IDisposable
{
    private readonly Crew crew = new();
    private readonly ScratchDirectory scratch;
    private readonly string tmpfs;
    private readonly AtExit.Registration registration;

    public ShadowModelTests()
    {
        Need.LoopDevices();
        Need.Fuse();
        scratch = new ScratchDirectory("model");
        _ = Posix.ChangeMode(PathBytes.Of(scratch.FullPath), 0x1ED);

        // Images and host directories in memory: fsync(2) is a call like others here.
        tmpfs = scratch.Folder("tmpfs");
        _ = ProcessRunner.Check("/bin/mount", "-t", "tmpfs", "-o", "size=3G,mode=755,noatime", "tmpfs", tmpfs);
        registration = AtExit.Run(() => SystemMount.Unmount(tmpfs));
    }

    [Fact]
    public void KernelExt2() => Run(StackKind.KernelExt2, 2);

    [Fact]
    public void KernelExt4() => Run(StackKind.KernelExt4, 3);

    [Fact]
    public void PlainExt2() => Run(StackKind.PlainExt2, 2);

    [Fact]
    public void PlainTmpfs() => Run(StackKind.PlainTmpfs, 2);

    [Fact]
    public void UnionOnExt2() => Run(StackKind.UnionOnExt2, 6);

    [Fact]
    public void UnionOnTmpfs() => Run(StackKind.UnionOnTmpfs, 3);

    public void Dispose()
    {
        crew.Dispose();
        registration.RunNow();
        scratch.Dispose();
    }

    private void Run(StackKind kind, int seeds) => new ModelRun(crew, tmpfs, kind).Seeds(seeds);
}
