using System.Buffers.Binary;
using Ext2Union.BlockDevices;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Copies of a union: what -p may not decide, what repairs keep, and what becomes of the index in harder cases than one damaged field.</summary>
public sealed class CopyTests
{
    private const string Record = "ext2u.copy";

    [Fact]
    public void TheSummaryCountsThemWhereThereAreAny()
    {
        Assert.Contains("union: 2 whiteouts, 2 fallthrus, 1 opaque directories, 3 incomplete files, 3 index entries\n", Transcript(BaseVolumes.Copies));
        Assert.Contains("union: 2 whiteouts, 2 fallthrus, 1 opaque directories\n", Transcript(BaseVolumes.Groups));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void WhatAFileOwesIsNotMadeZerosWithoutAPerson(bool isInBlock)
    {
        VolumeImage volume = isInBlock ? BaseVolumes.SmallCopies : BaseVolumes.Copies;
        volume.EditAttribute(volume.Lookup("copies/owed"), Record, value => value[2] = 0);
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult result = Judge.Check(device, CheckMode.Preen, out string transcript);
        Assert.True((result.Exit & ExitCode.Left) != 0, transcript);
        Assert.Equal(["U015"], result.Raised);
        Assert.Contains("up to 16384 bytes that the file lacks are those of a layer below", transcript);
        Assert.Equal(0, RecordOf(VolumeImage.Of(device), "copies/owed")![2]);
    }

    [Fact]
    public void AFlagThatWasLostIsToldByTheLengthOfTheRecord()
    {
        VolumeImage volume = BaseVolumes.Copies;
        byte[] before = RecordOf(volume, "copies/owed")!;
        volume.EditAttribute(volume.Lookup("copies/owed"), Record, value => value[1] = 0);
        Assert.Equal(["U013"], Judge.Repair(volume, "flag", out VolumeImage repaired).Raised);
        Assert.Equal(before, RecordOf(repaired, "copies/owed"));
    }

    [Fact]
    public void ACountWithoutTheFlagBelongsToTheIndexThatHasTheCopy()
    {
        VolumeImage volume = BaseVolumes.Copies;
        byte[] before = RecordOf(volume, "copies/linked")!;
        volume.EditAttribute(volume.Lookup("copies/linked"), Record, value => value[1] = 0);
        Assert.Equal(["U013"], Judge.Repair(volume, "count", out VolumeImage repaired).Raised);
        Assert.Equal(before, RecordOf(repaired, "copies/linked"));
        volume = BaseVolumes.Copies;
        volume.EditAttribute(volume.Lookup("copies/whole"), Record, value => value[16] = 5);
        Assert.Equal(["U013"], Judge.Repair(volume, "count", out repaired).Raised);
        Assert.Equal(CopiedTree.Record(0x11), RecordOf(repaired, "copies/whole"));
    }

    [Fact]
    public void AnExtraSizeThatIsDamagedCostsNoRecord()
    {
        VolumeImage volume = BaseVolumes.Copies;
        byte[] before = RecordOf(volume, "copies/owed")!;
        volume.Set16(volume.Inode(volume.Lookup("copies/owed"), 128), 7);
        Assert.Contains("I013", Judge.Repair(volume, "extra size", out VolumeImage repaired).Raised);
        Assert.Equal(before, RecordOf(repaired, "copies/owed"));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ARecordOutlivesTheDamageOfTheAttributesAroundIt(bool isInBlock)
    {
        VolumeImage volume = isInBlock ? BaseVolumes.SmallCopies : BaseVolumes.Copies;
        uint inode = volume.Lookup("copies/owed");
        byte[] before = volume.AttributeOf(inode, Record)!;
        volume.DamageHash(inode, Record);
        Assert.Equal([isInBlock ? "I040" : "I014"], Judge.Repair(volume, "hash", out VolumeImage repaired).Raised);
        Assert.Equal(before, repaired.AttributeOf(inode, Record));
        // The value and not the hash: the record is looked at by itself, and says that it owes.
        volume = isInBlock ? BaseVolumes.SmallCopies : BaseVolumes.Copies;
        volume.EditAttribute(inode, Record, value => value[1] |= 0x40);
        volume.DamageHash(inode, Record);
        // A block of attributes is not written over itself, so that another one is in use then.
        Assert.Equal(isInBlock ? ["I040", "A001", "U013"] : ["I014", "U013"], Judge.Repair(volume, "hash", out repaired).Raised);
        Assert.Equal(before, repaired.AttributeOf(inode, Record));
    }

    [Fact]
    public void ASizeThatIsDamagedIsNotMadeShorterThanWhatTheFileTakesFromBelow()
    {
        VolumeImage volume = BaseVolumes.Copies;
        uint inode = volume.Lookup("copies/both");
        uint last = volume.Pointer(inode, 12);
        volume.Bytes.AsSpan((int)volume.At(last) + (4 * 20), 400).Clear();
        volume.Set32(volume.Inode(inode, VolumeImage.Size), 5000);
        Assert.Contains("I025", Judge.Repair(volume, "size", out VolumeImage repaired).Raised);
        Assert.Equal(40000u, repaired.U32(repaired.Inode(inode, VolumeImage.Size)));
    }

    [Fact]
    public void AnIndexThatIsLostIsMadeAnewFromTheRecords()
    {
        VolumeImage volume = BaseVolumes.Copies;
        uint below = volume.U32(volume.Entry(volume.Lookup(CopiedTree.Index), CopiedTree.BelowKey));
        uint index = volume.Lookup(CopiedTree.Index);
        volume.Bytes.AsSpan((int)volume.Inode(index, 0), volume.InodeBytes).Clear();
        CheckResult result = Judge.Repair(volume, "index", out VolumeImage repaired);
        Assert.Contains("U026", result.Raised);
        Assert.DoesNotContain("L002", result.Raised);
        index = repaired.Lookup(CopiedTree.Index);
        Assert.Equal(below, repaired.U32(repaired.Entry(index, CopiedTree.BelowKey)));
        Assert.Equal(repaired.Lookup("copies/linked"), repaired.U32(repaired.Entry(index, CopiedTree.LinkedKey)));
        Assert.Equal(repaired.Lookup("copies/both"), repaired.U32(repaired.Entry(index, CopiedTree.BothKey)));
    }

    [Fact]
    public void AnIndexInLostAndFoundComesBack()
    {
        VolumeImage volume = BaseVolumes.Copies;
        uint index = volume.Lookup(CopiedTree.Index);
        volume.AddRecord(volume.Lookup("lost+found"), "#99", index, 2);
        volume.Set32(volume.At(volume.Pointer(index, 0)) + 12, volume.Lookup("lost+found"));
        Remove(volume, 2, CopiedTree.Index);
        Assert.Equal(["C005", "U021"], Judge.Repair(volume, "lost+found", out VolumeImage repaired).Raised.Order());
        Assert.Equal(index, repaired.Lookup(CopiedTree.Index));
        Assert.False(repaired.Has(repaired.Lookup("lost+found"), "#99"));
    }

    [Fact]
    public void ADirectoryOfTheIndexesNameIsOneLikeOthersOnAPlainVolume()
    {
        VolumeImage volume = BaseVolumes.Plain;
        volume.SetName(volume.AddRecord(2, "x-index-name", volume.Lookup("empty"), 2), CopiedTree.Index);
        Remove(volume, 2, "empty");
        volume.AddRecord(volume.Lookup(CopiedTree.Index), "stranger", volume.Lookup("small"), 1);
        volume.Set16(volume.Inode(volume.Lookup("small"), VolumeImage.Links), 2);
        using MemoryBlockDevice device = volume.ToDevice();
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out string transcript).Exit);
        Assert.DoesNotContain("union", transcript);
    }

    [Fact]
    public void ACopyWhoseNamesWereLostWithTheirDirectoryIsNotTakenForOneThatWasDeleted()
    {
        VolumeImage volume = BaseVolumes.Copies;
        uint inode = volume.Lookup("copies/linked");
        volume.EditAttribute(inode, Record, value => value[16] = 0);
        Remove(volume, volume.Lookup("copies"), "linked");
        CheckResult result = Judge.Repair(volume, "lost name", out VolumeImage repaired);
        Assert.Equal(["L002"], result.Raised);
        Assert.Equal(inode, repaired.Lookup($"lost+found/#{inode}"));
    }

    [Fact]
    public void LostAndFoundKeepsARecord()
    {
        VolumeImage volume = BaseVolumes.Copies;
        uint inode = volume.Lookup("copies/owed");
        byte[] before = RecordOf(volume, "copies/owed")!;
        Remove(volume, volume.Lookup("copies"), "owed");
        Assert.Equal(["L002"], Judge.Repair(volume, "lost name", out VolumeImage repaired).Raised);
        Assert.Equal(before, RecordOf(repaired, $"lost+found/#{inode}"));
    }

    [Fact]
    public void ANumberThatTheTableLostIsNeverGivenAgain()
    {
        VolumeImage volume = BaseVolumes.Copies;
        volume.EditAttribute(2, "ext2u.lowers", value => BinaryPrimitives.WriteUInt16LittleEndian(value[1..], 40000));
        CheckResult result = Judge.Repair(volume, "table", out VolumeImage repaired);
        Assert.Equal(["U018", "U019"], result.Raised.Order());
        // Row 3 as it was, then row 1 without kind, flags and identity.
        byte[] table = repaired.AttributeOf(2, "ext2u.lowers")!;
        Assert.Equal([1, 3, 0, 2, 0, 28], table[..6]);
        Assert.Equal([1, 0, 0, 0, 0], table[34..]);
        Assert.Equal(30000, BinaryPrimitives.ReadInt64LittleEndian(RecordOf(repaired, "copies/owed").AsSpan(20)));
    }

    private static string Transcript(VolumeImage volume)
    {
        using MemoryBlockDevice device = volume.ToDevice();
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out string transcript).Exit);
        return transcript;
    }

    private static byte[]? RecordOf(VolumeImage volume, string path) => volume.AttributeOf(volume.Lookup(path), Record);

    private static void Remove(VolumeImage volume, uint directory, string name)
    {
        long entry = volume.Entry(directory, name);
        volume.Set32(entry, 0);
        volume.Set8(entry + 7, 0);
    }
}
