namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>How to damage a sound volume so that one row of the problem table is raised.</summary>
/// <param name="Code">The row.</param>
/// <param name="Base">The sound volume.</param>
/// <param name="Edit">The damage.</param>
internal sealed record Fixture(string Code, Func<VolumeImage> Base, Action<VolumeImage> Edit)
{
    /// <summary>The volume cannot be checked, or the problem stays: there is no sound result to judge.</summary>
    public bool StaysDamaged { get; init; }

    /// <summary>Part of a question that is answered with no.</summary>
    public string Refused { get; init; } = "";

    /// <summary>The row is a remark of the verbose mode and changes nothing.</summary>
    public bool IsRemark { get; init; }

    public override string ToString() => Code;
}
