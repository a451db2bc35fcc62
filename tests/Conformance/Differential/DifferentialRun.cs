using System.Text;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>One sequence on a reference and on a subject, step by step.</summary>
internal static class DifferentialRun
{
    /// <summary>Where and how they parted, or null when they never did.</summary>
    public static string? Compare(IEnumerable<Operation> steps, ITarget reference, ITarget subject)
    {
        foreach (Operation step in steps)
        {
            string expected = Executor.Apply(reference, step);
            if (expected == "EXDEV")
            {
                // What the kernel's overlay leaves to its caller (directories with lower content, by rename) is not compared.
                continue;
            }

            string actual = Executor.Apply(subject, step);
            if (expected != actual)
            {
                return $"step {step}\n{Difference(expected, actual)}";
            }
        }

        return Final(reference, subject, "at the end") ?? AfterRemount(reference, subject);
    }

    private static string? AfterRemount(ITarget reference, ITarget subject)
    {
        subject.Remount();
        return Final(reference, subject, "after the last remount");
    }

    private static string? Final(ITarget reference, ITarget subject, string when)
    {
        string expected = reference.Snapshot().ToString(), actual = subject.Snapshot().ToString();
        return expected == actual ? null : $"{when}\n{Difference(expected, actual)}";
    }

    /// <summary>The lines that only one of two texts has.</summary>
    public static string Difference(string expected, string actual)
    {
        string[] left = expected.Split('\n'), right = actual.Split('\n');
        var text = new StringBuilder();
        foreach (string line in left.Except(right).Take(12))
        {
            text.AppendLine("  reference: " + line);
        }

        foreach (string line in right.Except(left).Take(12))
        {
            text.AppendLine("  ours:      " + line);
        }

        return text.ToString();
    }
}
