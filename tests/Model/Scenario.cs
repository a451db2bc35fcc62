using Ext2Union.Model.Tests.Calls;

namespace Ext2Union.Model.Tests;

/// <summary>All that is needed to do a run again.</summary>
/// <param name="Plan">The stack.</param>
/// <param name="Calls">What was called.</param>
internal sealed record Scenario(StackPlan Plan, IReadOnlyList<Call> Calls)
{
    /// <summary>How many calls there are, those that make the layers included.</summary>
    public int Length => Calls.Count + Plan.Layers.Sum(layer => layer.Count);
}
