using Ext2Union.Conformance.Tests.Differential;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Rotation;

/// <summary>Random steps, and every so often today's top becomes the highest lower under a fresh one: nothing may look different after that.</summary>
internal static class RotationRun
{
    /// <summary>What is compared: all but inode numbers and what a directory's link count says of its place.</summary>
    public const TreeOptions Compared =
        TreeOptions.Times | TreeOptions.DirectoryTimes | TreeOptions.LinkCounts | TreeOptions.HardLinks | TreeOptions.WithoutLostAndFound;

    private const string Rotate = "rotate";

    /// <summary>The steps that make the lower of a seed, hard links among them.</summary>
    public static List<Operation> LowerTree(OperationGenerator generator)
    {
        List<Operation> steps = generator.LowerTree(30);
        int count = 0;
        foreach (Operation file in steps.Where(step => step.Kind == OperationKind.MakeFile).ToArray())
        {
            if (count++ % 3 == 0)
            {
                string folder = count % 2 == 0 || !file.Path.Contains('/') ? "" : file.Path[..(file.Path.LastIndexOf('/') + 1)];
                steps.Add(new Operation { Number = file.Number, Kind = OperationKind.Link, Path = file.Path, NewPath = $"{folder}linked-{count}" });
            }
        }

        return steps;
    }

    /// <summary>A sequence with so many rotations in it.</summary>
    public static List<Operation> Sequence(OperationGenerator generator, int rotations, int between)
    {
        var steps = new List<Operation>();
        for (int rotation = 0; rotation < rotations; rotation++)
        {
            steps.AddRange(generator.Sequence(between));
            steps.Add(new Operation { Number = 0, Kind = OperationKind.Compare, Text = Rotate });
        }

        return steps;
    }

    /// <summary>Runs it. <paramref name="reference"/> is a plain file system with the same tree, that everything is compared with.</summary>
    public static string? Run(IReadOnlyList<Operation> steps, IRotatingStack stack, ITarget reference)
    {
        int rotation = 0;
        foreach (Operation step in steps)
        {
            string? fault = step.Text == Rotate ? RotateOnce(stack, reference) : Step(step, stack.Target, reference);
            rotation += step.Text == Rotate ? 1 : 0;
            if (fault is not null)
            {
                return $"after {rotation} rotations, {step}\n{fault}";
            }
        }

        return stack.End();
    }

    private static string? Step(Operation step, ITarget subject, ITarget reference)
    {
        string actual = Executor.Apply(subject, step);
        if (actual == $"{Errno.EXDEV}")
        {
            return "EXDEV";
        }

        string expected = Executor.Apply(reference, step);
        return expected == actual ? null : DifferentialRun.Difference(expected, actual);
    }

    private static string? RotateOnce(IRotatingStack stack, ITarget reference)
    {
        TreeSnapshot before = stack.Target.Snapshot();
        string difference = TreeSnapshot.Difference(reference.Snapshot(), before);
        if (difference.Length > 0)
        {
            return "before the rotation it is not what the steps made\n" + difference;
        }

        if (stack.Rotate() is { } fault)
        {
            return fault;
        }

        difference = TreeSnapshot.Difference(before, stack.Target.Snapshot());
        return difference.Length == 0 ? null : "rotating changed what is seen\n" + difference;
    }
}
