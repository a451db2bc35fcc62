using System.Globalization;
using Ext2Union.BlockDevices.Partitions;
using Ext2Union.Tests.Support;

namespace Ext2Union.BlockDevices.Tests;

/// <summary>Partitions are where partx(8) finds them, and damaged tables lead nowhere.</summary>
public sealed class PartitionTableTests : IDisposable
{
    private readonly ScratchDirectory scratch = new("partition");

    public void Dispose() => scratch.Dispose();

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 0)]
    public void PartxFindsThemThereToo(bool guid, int extended)
    {
        Need.Command("partx");
        (long Start, long Count)[] made = guid ? PartitionedDisk.WriteGuidTable(scratch["disk"]) : PartitionedDisk.WriteBootRecord(scratch["disk"]);
        string[] others = ProcessRunner.Bash($"partx -g -o NR,START,SECTORS {scratch["disk"]} | tr -s ' ' | sed 's/^ //'").TrimEnd().Split('\n');
        others = [.. others.Where(line => !line.StartsWith($"{extended} ", StringComparison.Ordinal))];
        Assert.Equal(made.Count(one => one.Count > 0), others.Length);
        foreach (string line in others)
        {
            long[] numbers = [.. line.Split(' ').Select(word => long.Parse(word, CultureInfo.InvariantCulture))];
            Assert.Equal(new Partition(numbers[1] * 512, numbers[2] * 512), Find((int)numbers[0], out _));
        }

        Assert.Null(Find(3, out string fault));
        Assert.Contains("partition 3 is", fault);
        Assert.Null(Find(7, out fault));
        Assert.Contains("partition 7 is not in its partition table", fault);
    }

    [Fact]
    public void SectorsOf4096BytesAreFoundOut()
    {
        (long Start, long Count)[] made = PartitionedDisk.WriteGuidTable(scratch["disk"], 4096);
        Assert.Equal(new Partition(made[3].Start * 4096, made[3].Count * 4096), Find(4, out _));
    }

    [Theory]
    [InlineData(510, "no signature 55 AA")]
    [InlineData(446, "a boot flag of FF")]
    [InlineData((24576 * 512) + 510, "no table at sector 24576")]
    public void ADamagedBootRecordIsNamed(int place, string says)
    {
        _ = PartitionedDisk.WriteBootRecord(scratch["disk"]);
        Damage(place);
        Assert.Null(Find(5, out string fault));
        Assert.Contains(says, fault);
    }

    [Fact]
    public void AChainWithoutAnEndEnds()
    {
        _ = PartitionedDisk.WriteBootRecord(scratch["disk"]);
        using (FileStream file = File.OpenWrite(scratch["disk"]))
        {
            // The second link leads to itself.
            file.Position = ((24576 + 24576) * 512) + 446 + 16 + 4;
            file.Write([0x05, 0, 0, 0, 0x00, 0x60, 0, 0, 1, 0, 0, 0]);
        }

        Assert.Null(Find(400, out string fault));
        Assert.Contains("without an end", fault);
    }

    [Theory]
    [InlineData(512 + 40, "the CRC of its header is wrong")]
    [InlineData(1024 + 33, "the CRC of its entries is wrong")]
    [InlineData(512, "no header")]
    public void ADamagedGptFallsBackToItsBackupAndIsNamedWithoutOne(int place, string says)
    {
        (long Start, long Count)[] made = PartitionedDisk.WriteGuidTable(scratch["disk"]);
        Damage(place);
        Assert.Equal(new Partition(made[1].Start * 512, made[1].Count * 512), Find(2, out _));
        Damage((64 << 20) - 512 + 40);
        Assert.Null(Find(2, out string fault));
        Assert.Contains(says, fault);
    }

    [Fact]
    public void APartitionBeyondTheEndIsRefused()
    {
        _ = PartitionedDisk.WriteBootRecord(scratch["disk"]);
        using (FileStream file = File.OpenWrite(scratch["disk"]))
        {
            file.SetLength(9 << 20);
        }

        Assert.Null(Find(2, out string fault));
        Assert.Contains("has partition 2 end at", fault);
        Assert.Equal(new Partition(1 << 20, 8 << 20), Find(1, out _));
    }

    private Partition? Find(int number, out string fault)
    {
        Assert.True(FileBlockDevice.TryOpen(scratch["disk"], DeviceAccess.ReadOnly, DeviceSharing.Shared, out FileBlockDevice? disk, out _));
        using (disk)
        {
            return PartitionTable.TryFind(disk, disk.SectorBytes, number, out Partition partition, out fault) ? partition : null;
        }
    }

    private void Damage(long place)
    {
        using FileStream file = File.Open(scratch["disk"], FileMode.Open);
        file.Position = place;
        int value = file.ReadByte();
        file.Position = place;
        file.WriteByte((byte)(value ^ 0xFF));
    }
}
