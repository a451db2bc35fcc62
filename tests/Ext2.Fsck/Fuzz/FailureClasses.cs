using System.Text;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Failures by kind, so that a thousand of them read as a dozen faults.</summary>
internal sealed class FailureClasses
{
    private const int ShownSeeds = 8;
    private readonly Dictionary<string, (int Count, List<int> Seeds, string Example)> classes = [];

    public int Cases { get; private set; }

    public int FailedCases { get; private set; }

    public void Add(int seed, string what, IReadOnlyList<FuzzFailure> failures)
    {
        Cases++;
        FailedCases += failures.Count > 0 ? 1 : 0;
        foreach (FuzzFailure failure in failures.DistinctBy(failure => failure.Kind))
        {
            if (!classes.TryGetValue(failure.Kind, out (int Count, List<int> Seeds, string Example) known))
            {
                known = (0, [], $"{what}\n{Shortened(failure.Text)}");
            }
            if (known.Seeds.Count < ShownSeeds)
            {
                known.Seeds.Add(seed);
            }
            classes[failure.Kind] = known with { Count = known.Count + 1 };
        }
    }

    /// <summary>The classes, the largest first; the first case of each in full.</summary>
    public override string ToString()
    {
        var text = new StringBuilder().AppendLine($"{FailedCases} of {Cases} cases failed, in {classes.Count} classes");
        foreach ((string kind, (int count, List<int> seeds, string _)) in Sorted())
        {
            _ = text.AppendLine($"{count,5}  {kind}  [{string.Join(' ', seeds)}]");
        }
        foreach ((string kind, (int _, List<int> _, string example)) in Sorted())
        {
            _ = text.AppendLine().AppendLine($"===== {kind}").AppendLine(example);
        }
        return text.ToString();
    }

    private IEnumerable<KeyValuePair<string, (int Count, List<int> Seeds, string Example)>> Sorted() => classes.OrderByDescending(pair => pair.Value.Count);

    private static string Shortened(string text) => text.Length <= 1500 ? text : text[..1500] + "...";
}
