using Ext2Union.Tests.Support;

namespace Ext2Union.Posix.Tests.Backends;

/// <summary>The suite on one backend, a test for each group of behaviours. The first of them runs everything.</summary>
/// <typeparam name="TFactory">Makes the backend.</typeparam>
public abstract class BackendTests<TFactory>(BackendFixture<TFactory> fixture) : IClassFixture<BackendFixture<TFactory>>
    where TFactory : IBackendFactory, new()
{
    public static TheoryData<string> GroupNames() => [.. Catalogue.Groups.Select(group => group.Name), SuiteRun.Whole];

    [Theory]
    [MemberData(nameof(GroupNames))]
    public void Behaves(string group)
    {
        Need.LoopDevices();
        Need.Fuse();
        Need.KernelFileSystem("overlay");
        string[] failures = fixture.FailuresOf(group);
        Assert.True(failures.Length == 0, $"{failures.Length} behaviours\n{string.Join('\n', failures)}");
    }
}
