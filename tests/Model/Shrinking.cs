using System.Diagnostics;
using Ext2Union.Model.Tests.Calls;

namespace Ext2Union.Model.Tests;

/// <summary>Finds a short scenario that still fails, within a time.</summary>
internal sealed class Shrinking(Func<Scenario, string?> run, TimeSpan limit)
{
    private readonly long start = Stopwatch.GetTimestamp();

    /// <summary>The shortest so far.</summary>
    public Scenario Shortest { get; private set; } = null!;

    /// <summary>How it fails.</summary>
    public string Fault { get; private set; } = "";

    /// <summary>Shrinks.</summary>
    /// <param name="scenario">What failed.</param>
    /// <param name="telling">A part of it that may well fail too.</param>
    /// <param name="fault">How it failed.</param>
    /// <param name="watch">Cuts off what came after the call that went wrong.</param>
    public void Shrink(Scenario scenario, Scenario telling, string fault, Func<Scenario, Scenario> watch)
    {
        (Shortest, Fault) = (scenario, fault);
        Try(telling);
        Scenario watched = watch(Shortest);
        if (watched.Length < Shortest.Length && run(watched) is { } sooner)
        {
            (Shortest, Fault) = (watched, sooner);
        }

        int length;
        do
        {
            length = Shortest.Length;
            for (int index = Shortest.Plan.Layers.Count - 1; index >= 0; index--)
            {
                int layer = index;
                Pass(() => Shortest.Plan.Layers[layer], calls => WithLayer(layer, calls));
            }

            Pass(() => Shortest.Calls, calls => Shortest with { Calls = calls });
        }
        while (Shortest.Length < length && !IsOver);
    }

    private void Try(Scenario fewer)
    {
        if (run(fewer) is { } fault && Signature(fault) == Signature(Fault))
        {
            (Shortest, Fault) = (fewer, fault);
        }
    }

    // What fails otherwise would lead away from what was found. Faults begin with the process and the call.
    private static string Signature(string fault) => string.Join(' ', fault.Split(' ').Skip(1).Take(1));

    private bool IsOver => Stopwatch.GetElapsedTime(start) > limit;

    private Scenario WithLayer(int index, IReadOnlyList<Call> calls) =>
        Shortest with { Plan = Shortest.Plan with { Layers = [.. Shortest.Plan.Layers.Select((layer, place) => place == index ? calls : layer)] } };

    // Chunks first, then one call after the other, from the end: what failed is there, and what led to it is often far before.
    private void Pass(Func<IReadOnlyList<Call>> get, Func<IReadOnlyList<Call>, Scenario> with)
    {
        for (int chunk = Math.Max(1, get().Count); chunk >= 1; chunk /= 2)
        {
            for (int end = get().Count; end > 0 && !IsOver;)
            {
                int from = Math.Max(0, end - chunk);
                IReadOnlyList<Call> all = get();
                Scenario fewer = with([.. all.Take(from), .. all.Skip(end)]);
                Try(fewer);
                end = from;
            }
        }
    }
}
