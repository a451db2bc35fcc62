using System.Text;
using Xunit.Sdk;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>
/// Runs a check for many seeds. EXT2U_SEED=n runs one seed alone, EXT2U_SEEDS=n that many, EXT2U_FIRST_SEED=n from that one on. A failing
/// sequence is cut down to the steps that matter before it is shown.
/// </summary>
internal static class Seeds
{
    private const int LongestShrink = 400;

    /// <summary>The seeds to run when nothing else was asked for: this many.</summary>
    public static IEnumerable<int> Of(int count)
    {
        if (Number("EXT2U_SEED") is { } one)
        {
            return [one];
        }

        return Enumerable.Range(Number("EXT2U_FIRST_SEED") ?? 1, Number("EXT2U_SEEDS") ?? count);
    }

    /// <summary>Runs a sequence; when it fails, finds a short one that fails too and reports both seed and steps.</summary>
    /// <param name="seed">For the report.</param>
    /// <param name="steps">The sequence.</param>
    /// <param name="run">Runs steps on a fresh place; null when all is well, else what was wrong.</param>
    public static void Check(int seed, List<Operation> steps, Func<IReadOnlyList<Operation>, string?> run)
    {
        string? fault = Try(steps, run);
        if (fault is null)
        {
            return;
        }

        int attempts = 0;
        for (int chunk = Math.Max(1, steps.Count / 2); chunk >= 1 && attempts < LongestShrink; chunk /= 2)
        {
            for (int start = 0; start < steps.Count && attempts < LongestShrink; attempts++)
            {
                List<Operation> fewer = [.. steps[..start], .. steps.Skip(start + chunk)];
                if (Try(fewer, run) is { } stillFault)
                {
                    (steps, fault) = (fewer, stillFault);
                }
                else
                {
                    start += chunk;
                }
            }
        }

        var report = new StringBuilder($"seed {seed} (run it alone with EXT2U_SEED={seed})\n");
        foreach (Operation step in steps)
        {
            report.AppendLine(step.ToString());
        }

        throw new XunitException(report.Append(fault).ToString());
    }

    private static string? Try(IReadOnlyList<Operation> steps, Func<IReadOnlyList<Operation>, string?> run)
    {
        try
        {
            return run(steps);
        }
        catch (Exception failure) when (failure is not (OutOfMemoryException or StackOverflowException))
        {
            return failure.ToString();
        }
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out int number) ? number : null;
}
