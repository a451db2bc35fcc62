namespace Ext2Union.Posix.Tests.Backends;

public sealed class PlainExt2Tests(BackendFixture<PlainExt2Tests.Factory> fixture) : BackendTests<PlainExt2Tests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new PlainMount(isTmpfs: false);
    }
}

public sealed class PlainTmpfsTests(BackendFixture<PlainTmpfsTests.Factory> fixture) : BackendTests<PlainTmpfsTests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new PlainMount(isTmpfs: true);
    }
}

public sealed class Ext2OverExt2Tests(BackendFixture<Ext2OverExt2Tests.Factory> fixture) : BackendTests<Ext2OverExt2Tests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new UnionMount(tmpfsTop: false, LowerKind.Image);
    }
}

public sealed class Ext2OverDirectoryTests(BackendFixture<Ext2OverDirectoryTests.Factory> fixture) : BackendTests<Ext2OverDirectoryTests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new UnionMount(tmpfsTop: false, LowerKind.Directory);
    }
}

public sealed class TmpfsOverExt2Tests(BackendFixture<TmpfsOverExt2Tests.Factory> fixture) : BackendTests<TmpfsOverExt2Tests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new UnionMount(tmpfsTop: true, LowerKind.Image);
    }
}

public sealed class Ext2OverFormerTopTests(BackendFixture<Ext2OverFormerTopTests.Factory> fixture) : BackendTests<Ext2OverFormerTopTests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new UnionMount(tmpfsTop: false, LowerKind.FormerTop, LowerKind.Image);
    }
}

public sealed class Ext2OverTwoTests(BackendFixture<Ext2OverTwoTests.Factory> fixture) : BackendTests<Ext2OverTwoTests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new UnionMount(tmpfsTop: false, LowerKind.Directory, LowerKind.Image);
    }
}

public sealed class Ext2OverFiveTests(BackendFixture<Ext2OverFiveTests.Factory> fixture) : BackendTests<Ext2OverFiveTests.Factory>(fixture)
{
    public sealed class Factory : IBackendFactory
    {
        public IDisposable Make() => new UnionMount(tmpfsTop: false, LowerKind.Image, LowerKind.Directory, LowerKind.FormerTop, LowerKind.Image, LowerKind.Directory);
    }
}
