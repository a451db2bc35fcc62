namespace Ext2Union.Posix.Tests.Backends;

/// <summary>The references: what they do is right, so the suite is.</summary>
public sealed class KernelExt2Tests(BackendFixture<KernelExt2Tests.Factory> fixture) : BackendTests<KernelExt2Tests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new KernelExt2();
    }
}

public sealed class KernelOverlayTests(BackendFixture<KernelOverlayTests.Factory> fixture) : BackendTests<KernelOverlayTests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new KernelOverlay();
    }
}
