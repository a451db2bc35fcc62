using System.Globalization;
using System.Text;
using Ext2Union.Model.Tests.Calls;
using Ext2Union.Model.Tests.Workers;
using Xunit.Sdk;

namespace Ext2Union.Model.Tests;

/// <summary>
/// Runs seeds on a kind of stack. EXT2U_SEED=n runs one seed alone, EXT2U_SEEDS=n that many, EXT2U_FIRST_SEED=n from that one on,
/// EXT2U_MODEL_STEPS=n makes so many calls with each, EXT2U_MODEL_SHRINK=n looks n seconds for a shorter failure.
/// </summary>
internal sealed class ModelRun(Crew crew, string scratch, StackKind kind)
{
    private const int DefaultSteps = 600;
    private const int ShrinkSeconds = 90;

    private int runs;

    /// <summary>Runs so many seeds, or those that were asked for. Fails with the shortest calls found that fail.</summary>
    public void Seeds(int count)
    {
        int first = Number("EXT2U_SEED") ?? Number("EXT2U_FIRST_SEED") ?? 1;
        int seeds = Number("EXT2U_SEED") is null ? Number("EXT2U_SEEDS") ?? count : 1;
        int steps = Number("EXT2U_MODEL_STEPS") ?? DefaultSteps;
        long judged = 0;
        for (int seed = first; seed < first + seeds; seed++)
        {
            judged += OneSeed(seed, steps);
            Progress(seed, judged);
        }
    }

    private int OneSeed(int seed, int steps)
    {
        var random = new Random(seed);
        StackPlan plan = NewPlan(random);
        var generator = new CallGenerator(random);
        int interval = Math.Max(steps / 4, 100), left = steps;
        bool isRotated = TreeComparison.LinksAreKept && kind == StackKind.UnionOnExt2 && random.Next(2) == 0;
        using var run = new ScenarioRun(crew, NewFolder(), plan);
        string? fault = run.Run(model => left-- switch
        {
            <= 0 => null,
            var step when step % interval == 0 && step < steps => new Call(isRotated && random.Next(2) == 0 ? CallKind.Rotate : CallKind.Remount),
            _ => generator.Next(model),
        });
        if (fault is not null)
        {
            run.Dispose();
            Report(seed, steps, new Scenario(plan, run.Made), new Scenario(plan, run.Telling), fault);
        }

        return run.Judged;
    }

    private void Report(int seed, int steps, Scenario scenario, Scenario telling, string fault)
    {
        var shrinking = new Shrinking(Replay, TimeSpan.FromSeconds(Number("EXT2U_MODEL_SHRINK") ?? ShrinkSeconds));
        shrinking.Shrink(scenario, telling, fault, Watch);
        StackPlan plan = shrinking.Shortest.Plan;
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"seed {seed} on {kind}; the same again: EXT2U_SEED={seed} EXT2U_MODEL_STEPS={steps} ./test.sh Model -method '*.{kind}'");
        for (int index = 0; index < plan.Layers.Count; index++)
        {
            text.AppendLine(plan.FillsTop && index == 0 ? "in the top at first:" : $"layer {index}, {(plan.AreImages[index] ? "an image" : "a directory")}:");
            plan.Layers[index].ToList().ForEach(call => text.AppendLine($"  {call}"));
        }

        text.AppendLine("calls:");
        shrinking.Shortest.Calls.ToList().ForEach(call => text.AppendLine($"  {call}"));
        throw new XunitException(text.AppendLine(shrinking.Fault).ToString());
    }

    private string? Replay(Scenario scenario) => Replay(scenario, watches: false, out _);

    // What is wrong shows at a comparison; the call that did it may be long past. Here every call is followed by one.
    private Scenario Watch(Scenario scenario) => Replay(scenario, watches: true, out List<Call> made) is null ? scenario : scenario with { Calls = made };

    private string? Replay(Scenario scenario, bool watches, out List<Call> made)
    {
        int place = 0;
        using var run = new ScenarioRun(crew, NewFolder(), scenario.Plan) { Watches = watches };
        made = run.Made;
        return run.Run(_ => place < scenario.Calls.Count ? scenario.Calls[place++] : null);
    }

    private StackPlan NewPlan(Random random)
    {
        bool isUnion = kind is StackKind.UnionOnExt2 or StackKind.UnionOnTmpfs;
        bool fillsTop = kind == StackKind.PlainExt2 ? random.Next(2) == 0 : kind == StackKind.UnionOnExt2 && random.Next(3) == 0;
        int layers = (isUnion ? 1 + random.Next(random.Next(2) == 0 ? 2 : 4) : 0) + (fillsTop ? 1 : 0);
        var generator = new LayerGenerator(random);
        return new StackPlan(
            kind,
            [.. Enumerable.Range(0, layers).Select(_ => generator.Layer())],
            [.. Enumerable.Range(0, layers).Select(_ => random.Next(3) > 0)],
            fillsTop);
    }

    private string NewFolder() => Path.Combine(scratch, $"{kind}-{++runs}");

    private static void Progress(int seed, long judged)
    {
        if (Environment.GetEnvironmentVariable("EXT2U_MODEL_PROGRESS") is { Length: > 0 } file)
        {
            File.AppendAllText(file, $"{DateTime.Now:HH:mm:ss} seed {seed}, {judged} calls\n");
        }
    }

    private static int? Number(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), out int number) ? number : null;
}
