using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>The rule, over everything a slot can be.</summary>
public class ResolutionTests
{
    [Theory]
    [InlineData(SlotKind.Inode, false, false, "Here")]
    [InlineData(SlotKind.Inode, false, true, "Here")]
    [InlineData(SlotKind.Inode, true, false, "HereAndBelow")]
    [InlineData(SlotKind.Inode, true, true, "HereAndBelow")]
    [InlineData(SlotKind.Whiteout, false, false, "Nothing")]
    [InlineData(SlotKind.Whiteout, false, true, "Nothing")]
    [InlineData(SlotKind.Fallthru, false, false, "Below")]
    [InlineData(SlotKind.Fallthru, false, true, "Below")]
    [InlineData(SlotKind.Absent, false, false, "Below")]
    [InlineData(SlotKind.Absent, false, true, "Nothing")]
    public void EverySlotMeansOneThing(SlotKind slot, bool isDirectory, bool opaque, string verdict) =>
        Assert.Equal(verdict, Resolution.Of(slot, isDirectory, opaque).ToString());
}
