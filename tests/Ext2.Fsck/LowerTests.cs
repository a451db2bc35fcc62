using Ext2Union.BlockDevices;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>--lower: a top against the layers it lies on; what agrees is left alone, and a lower that cannot be believed is refused.</summary>
public sealed class LowerTests
{
    [Fact]
    public void ATopAgreesWithTheLayerItLiesOn()
    {
        CheckResult result = Compare(BaseVolumes.Copies, CheckMode.Yes, out string transcript, LowerVolume.Open(LowerVolume.Sound));
        Assert.True(result.Exit == ExitCode.Clean && result.Raised.Count == 0, transcript);
    }

    [Fact]
    public void MoreLayersAndAnotherOrderChangeNothing()
    {
        LowerLayer below = LowerVolume.Open(LowerVolume.Sound);
        LowerLayer other = LowerVolume.Open(LowerVolume.Other);
        CheckResult result = Compare(BaseVolumes.Copies, CheckMode.No, out string transcript, below, other);
        Assert.True(result.Exit == ExitCode.Clean, transcript);
    }

    [Fact]
    public void AnotherLayerIsNamedAndNothingElseIsJudged()
    {
        CheckResult result = Compare(BaseVolumes.Copies, CheckMode.Yes, out string transcript, LowerVolume.Open(LowerVolume.Other));
        Assert.Equal(["U032"], result.Raised);
        Assert.Equal(ExitCode.Left, result.Exit);
        Assert.Contains("The top was made over ext2 volume 2dbb7ef3-26c5-4ed4-a2a7-2e7ed9e5a5a3, which is not among the lowers given.", transcript);
        Assert.Contains("base.img is ext2 volume eebb7ef3-26c5-4ed4-a2a7-2e7ed9e5a5a3", transcript);
    }

    [Fact]
    public void ADirectoryOfALayerIsAnotherLayer()
    {
        CheckResult result = Compare(BaseVolumes.Copies, CheckMode.No, out string transcript, LowerVolume.Open(LowerVolume.Sound, "union"));
        Assert.Contains("U032", result.Raised);
        Assert.Contains("base.img is directory with inode number 12 of ext2 volume", transcript);
    }

    [Theory]
    [InlineData("was not unmounted cleanly; check it with: fsck.ext2u base.img")]
    [InlineData("is damaged (The inode table of")]
    [InlineData("cannot be read (No sound superblock was found")]
    public void ALayerThatCannotBeBelievedIsRefused(string sentence)
    {
        V volume = LowerVolume.Sound;
        switch (sentence.Split(' ')[0])
        {
            case "was":
                volume.Set16(V.Super(58), 0);
                break;
            case "is":
                volume.Set32(volume.Descriptor(0, 8), 0xFFFFFF);
                break;
            default:
                volume.Set16(V.Super(56), 0);
                break;
        }
        Assert.False(VolumeLower.TryOpen(volume.ToDevice(), "base.img", "", out _, out string? refusal));
        Assert.StartsWith("lower base.img ", refusal);
        Assert.Contains(sentence, refusal);
    }

    [Fact]
    public void ALayerThatTurnsOutToBeDamagedChangesNothing()
    {
        V lower = LowerVolume.Sound;
        lower.Set16(lower.At(lower.Pointer(lower.Lookup("a/b"), 0)) + 4, 3);
        V top = BaseVolumes.Copies;
        // Idle, and met before the damage is.
        top.SetName(top.Entry(top.Lookup("union"), "gone"), "none");
        using MemoryBlockDevice device = top.ToDevice();
        CheckResult result = Run(device, CheckMode.Yes, out string transcript, LowerVolume.Open(lower));
        Assert.Equal(ExitCode.Operational, result.Exit);
        Assert.Empty(result.Raised);
        Assert.Contains("lower base.img is damaged (directory inode 14: block 0 of it is damaged (RecordTooShort)); check it with: fsck.ext2u -f base.img", transcript);
        Assert.True(V.Of(device).Has(top.Lookup("union"), "none"));
    }

    [Fact]
    public void WhatIsLeftForAPersonDoesNotMakeAVolumeUnsound()
    {
        V top = BaseVolumes.Copies;
        top.SetName(top.Entry(top.Lookup("union"), "gone"), "none");
        using MemoryBlockDevice device = top.ToDevice();
        CheckResult result = Run(device, CheckMode.Preen, out string transcript, LowerVolume.Open(LowerVolume.Sound));
        Assert.Equal((ExitCode.Clean, 0), (result.Exit, result.Left));
        Assert.Contains("test.img: The whiteout /union/none hides nothing.  LEFT.", transcript);
        Assert.Equal(ExitCode.Left, Run(device, CheckMode.No, out _, LowerVolume.Open(LowerVolume.Sound)).Exit);
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out _, force: false).Exit);
    }

    [Fact]
    public void ACountThatIsTooLowIsRaised()
    {
        V top = BaseVolumes.Copies;
        uint copy = top.U32(top.Entry(top.Lookup(CopiedTree.Index), CopiedTree.BelowKey));
        top.EditAttribute(copy, "ext2u.copy", value => value[16] = 1);
        using MemoryBlockDevice device = top.ToDevice();
        CheckResult result = Run(device, CheckMode.Preen, out string transcript, LowerVolume.Open(LowerVolume.Sound));
        Assert.True(result.Exit == ExitCode.Corrected, transcript);
        Assert.Equal(2, V.Of(device).AttributeOf(copy, "ext2u.copy")![16]);
    }

    [Fact]
    public void ADamagedTopIsNotCompared()
    {
        V top = BaseVolumes.Copies;
        top.Set16(top.Inode(top.Lookup("small"), V.Links), 0);
        CheckResult result = Compare(top, CheckMode.No, out string transcript, LowerVolume.Open(LowerVolume.Other));
        Assert.DoesNotContain("U032", result.Raised);
        Assert.Contains("problems of the volume are left; it is not compared with its lowers.", transcript);
    }

    private static CheckResult Compare(V top, CheckMode mode, out string transcript, params LowerLayer[] lowers)
    {
        using MemoryBlockDevice device = top.ToDevice();
        return Run(device, mode, out transcript, lowers);
    }

    private static CheckResult Run(BlockDevice device, CheckMode mode, out string transcript, params LowerLayer[] lowers) =>
        Judge.Run(device, new CheckOptions { Mode = mode, Lowers = lowers, Name = "test.img" }, [], out transcript);
}
