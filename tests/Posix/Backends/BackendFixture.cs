namespace Ext2Union.Posix.Tests.Backends;

/// <summary>One run of the suite, shared by the tests of a class and made when the first of them asks.</summary>
/// <typeparam name="TFactory">Makes the backend.</typeparam>
public sealed class BackendFixture<TFactory>
    where TFactory : IBackendFactory, new()
{
    private readonly Lazy<Outcome> outcome = new(Run);

    /// <summary>What failed in a group, a line each.</summary>
    public string[] FailuresOf(string group) => outcome.Value.FailuresOf(group);

    private static Outcome Run()
    {
        using var backend = (Backend)new TFactory().Make();
        return new SuiteRun(backend).Run();
    }
}
