using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Ext2Union.Ext2.OnDisk.Tests;

/// <summary>The judge of our arithmetic is dumpe2fs, on volumes of stock mke2fs.</summary>
public class GeometryTests
{
    [Theory]
    [InlineData("-b 1024 -I 128", "40M")]
    [InlineData("-b 1024 -I 256 -O ^resize_inode", "100M")]
    [InlineData("-b 2048 -I 256", "300M")]
    [InlineData("-b 4096 -I 256", "3G")]
    [InlineData("-b 4096 -I 512 -N 5000", "700M")]
    [InlineData("-b 1024 -g 1024 -O ^resize_inode,meta_bg", "150M")]
    [InlineData("-b 1024 -O ^sparse_super,^resize_inode", "90M")]
    [InlineData("-r 0 -b 1024", "20M")]
    [InlineData("-b 1024 -O sparse_super2,^resize_inode", "90M")]
    public void GroupsLieWhereDumpe2fsSeesThem(string options, string size)
    {
        string image = Path.Combine(Path.GetTempPath(), $"ext2u-ondisk-{Guid.NewGuid():N}.img");
        try
        {
            _ = Run("mke2fs", $"-q -F -t ext2 {options} {image} {size}");
            byte[] bytes = new byte[Superblock.Bytes];
            using (var file = File.OpenRead(image))
            {
                file.Position = Superblock.Bytes;
                file.ReadExactly(bytes);
            }

            Assert.True(Geometry.TryCreate(Overlay.ReadSuperblock(bytes), out var geometry, out string fault), fault);
            string dump = Run("dumpe2fs", image);
            var groups = Regex.Matches(dump, @"^Group (\d+): \(Blocks (\d+)-(\d+)\)(.*?)(?=^Group|\z)", RegexOptions.Multiline | RegexOptions.Singleline);
            Assert.Equal((int)geometry.GroupCount, groups.Count);
            foreach (Match group in groups)
            {
                Compare(geometry, group);
            }
        }
        finally
        {
            File.Delete(image);
        }
    }

    [Fact]
    public void InodesAreLocatedAndNumberedBack()
    {
        Assert.True(Geometry.TryCreate(Sound(), out var geometry, out _));
        var location = geometry.Locate(new InodeNumber(geometry.InodesPerGroup + 18));
        Assert.Equal(new InodeLocation(1, 17, 2, 128), location);
        Assert.Equal(geometry.InodesPerGroup + 18, geometry.InodeAt(location.Group, location.Index).Value);
        Assert.False(geometry.IsInode(InodeNumber.None));
        Assert.False(geometry.IsInode(new InodeNumber(geometry.InodeCount + 1)));
    }

    public static TheoryData<string> AbsurdFields => ["s_log_block_size", "s_log_cluster_size", "s_first_data_block", "s_blocks_count", "s_blocks_per_group",
        "s_inode_size", "s_inodes_per_group", "s_inodes_count", "s_first_ino", "s_rev_level", "s_reserved_gdt_blocks", "s_first_meta_bg", "magic number"];

    [Theory]
    [MemberData(nameof(AbsurdFields))]
    public void AbsurdValuesAreRefusedByName(string field)
    {
        var superblock = Sound();
        switch (field)
        {
            case "s_log_block_size": superblock.LogBlockSize = 7; break;
            case "s_log_cluster_size": superblock.LogClusterSize = 4; break;
            case "s_first_data_block": superblock.FirstDataBlock = 0; break;
            case "s_blocks_count": superblock.BlocksCount = 3; break;
            case "s_blocks_per_group": superblock.BlocksPerGroup = 0; break;
            case "s_inode_size": superblock.InodeSize = 0; break;
            case "s_inodes_per_group": superblock.InodesPerGroup = 0; break;
            case "s_inodes_count": superblock.InodesCount = 0xFFFFFFFF; break;
            case "s_first_ino": superblock.FirstInode = 0; break;
            case "s_rev_level": superblock.Revision = 9; break;
            case "s_reserved_gdt_blocks": superblock.ReservedGdtBlocks = 0xFFFF; break;
            case "s_first_meta_bg": (superblock.Incompat, superblock.FirstMetaBlockGroup) = (0x10, 99); break;
            default: superblock.Magic = 0; break;
        }

        Assert.False(Geometry.TryCreate(superblock, out _, out string fault));
        Assert.Contains(field, fault);
        Assert.EndsWith(".", fault);
    }

    [Fact]
    public void RandomSuperblocksAreRefusedOrMeasuredButNeverThrow()
    {
        var random = new Random(4711);
        for (int round = 0; round < 20_000; round++)
        {
            var superblock = Sound();
            var bytes = Overlay.BytesOf(ref superblock);
            for (int change = random.Next(1, 4); change > 0; change--)
            {
                bytes[random.Next(120)] = (byte)random.Next(256);
            }

            superblock.Magic = Superblock.MagicNumber;
            if (Geometry.TryCreate(superblock, out var geometry, out _))
            {
                Assert.InRange(geometry.MaximumFileBytes, 1, 1L << 48);
                Assert.True(geometry.BlocksIn(geometry.GroupCount - 1) > 0);
                Assert.True(geometry.Locate(new InodeNumber(geometry.InodeCount)).Group < geometry.GroupCount);
            }
        }
    }

    private static void Compare(Geometry geometry, Match match)
    {
        uint group = uint.Parse(match.Groups[1].Value);
        uint first = uint.Parse(match.Groups[2].Value);
        uint last = uint.Parse(match.Groups[3].Value);
        string text = match.Groups[4].Value;
        Assert.Equal(first, geometry.FirstBlockOf(group).Value);
        Assert.Equal((int)(last - first + 1), geometry.BlocksIn(group));
        Assert.Equal(group, geometry.GroupOf(new BlockNumber(last)));
        Assert.Equal(Regex.IsMatch(text, "superblock at"), geometry.HasSuperblock(group));
        var descriptors = Regex.Match(text, @"Group descriptors? at (\d+)(?:-(\d+))?");
        uint index = geometry.HasMetaGroups ? group / geometry.DescriptorsPerBlock : 0;
        var place = group == 0 ? geometry.DescriptorBlock(0) : geometry.DescriptorBackup(group, index);
        if (geometry.HasMetaGroups && group == index * geometry.DescriptorsPerBlock)
        {
            place = geometry.DescriptorBlock(index);
        }

        Assert.Equal(descriptors.Success, !place.IsNone);
        if (descriptors.Success)
        {
            Assert.Equal(uint.Parse(descriptors.Groups[1].Value), place.Value);
        }

        var table = Regex.Match(text, @"Inode table at (\d+)-(\d+)");
        Assert.Equal(uint.Parse(table.Groups[2].Value) - uint.Parse(table.Groups[1].Value) + 1, geometry.InodeTableBlocks);
        var reserved = Regex.Match(text, @"Reserved GDT blocks at (\d+)-(\d+)");
        uint header = reserved.Success ? uint.Parse(reserved.Groups[2].Value) + 1 - first
            : descriptors.Success ? uint.Parse(descriptors.Groups[2].Success ? descriptors.Groups[2].Value : descriptors.Groups[1].Value) + 1 - first
            : geometry.HasSuperblock(group) ? 1u : 0u;
        Assert.Equal(header, geometry.HeaderBlocks(group));
    }

    private static Superblock Sound() => new()
    {
        Magic = Superblock.MagicNumber,
        Revision = 1,
        BlocksCount = 20000,
        FirstDataBlock = 1,
        BlocksPerGroup = 8192,
        InodesPerGroup = 1600,
        InodesCount = 4800,
        InodeSize = 128,
        FirstInode = 11,
    };

    private static string Run(string tool, string arguments)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PATH"] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{tool} {arguments}: {errors.Result}");
        return output;
    }
}
