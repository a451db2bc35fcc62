namespace Ext2Union.Posix.Tests.Suite;

/// <summary>What a run of the whole suite on one file system found.</summary>
internal sealed class Outcome
{
    private readonly List<(string Group, string Line)> failures = [];
    private readonly SortedDictionary<string, int> notAsked = new(StringComparer.Ordinal);

    /// <summary>Behaviours that were run.</summary>
    public int Asked { get; set; }

    public void Fail(string group, string line) => failures.Add((group, line));

    public void Pass(string reason) => notAsked[reason] = notAsked.GetValueOrDefault(reason) + 1;

    public string[] FailuresOf(string group) => [.. failures.Where(failure => failure.Group == group).Select(failure => failure.Line)];

    /// <summary>Counts, and why something was not asked.</summary>
    public override string ToString() =>
        $"{Asked} behaviours, {failures.Count} failures, {notAsked.Values.Sum()} not asked"
        + string.Concat(notAsked.Select(pair => $"\n    {pair.Value} not asked: {pair.Key}"));
}
