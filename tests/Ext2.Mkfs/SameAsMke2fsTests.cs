using System.Diagnostics;
using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Mkfs.Tests;

/// <summary>The image of mke2fs for the same options is the same, byte for byte.</summary>
public sealed class SameAsMke2fsTests
{
    private const long Time = 1_700_000_000;
    private const string Volume = "11111111-2222-3333-4444-555555555555";
    private const string Seed = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";

    public static TheoryData<string, string> Cases => new()
    {
        { "64K", "-N 16" }, { "100K", "-N 16 -b 1024" }, { "360K", "" }, { "1440K", "-I 128" }, { "2M", "-b 2048" }, { "2M", "-b 4096" }, { "3M", "" },
        { "8M", "-b 1024 -I 1024" }, { "8M", "-b 4096 -I 4096 -i 65536" }, { "8193K", "-b 1024" }, { "8250K", "-b 1024" }, { "8400K", "-b 1024" },
        { "20M", "" }, { "20M", "-I 128" }, { "20M", "-b 2048 -I 512" }, { "20M", "-b 4096" }, { "20M", "-O ^resize_inode" },
        { "20M", "-O ^resize_inode,^sparse_super" }, { "20M", "-O none" }, { "20M", "-O ^large_file" }, { "20M", "-b 4096 -O ^large_file" },
        { "20M", "-O ^filetype" }, { "20M", "-O ^dir_index" }, { "20M", "-r 0" }, { "20M", "-r 0 -b 4096" },
        { "20M", "-g 256" }, { "20M", "-g 512 -m 50" }, { "20M", "-g 1024" }, { "20M", "-g 2048 -b 4096" }, { "20M", "-N 100" }, { "20M", "-N 15000" }, { "20M", "-i 1024" }, { "20M", "-i 65536" },
        { "20M", "-m 0" }, { "20M", "-m 12.5" }, { "20M", "-L label" }, { "20M", "-O ^resize_inode,meta_bg" }, { "20M", "-g 256 -O ^resize_inode,meta_bg" },
        { "20M", "-E stride=16,stripe_width=64" }, { "20M", "-E resize=100000" }, { "20M", "-E resize=3000000" }, { "130M", "-b 4096" }, { "20M", "-E root_owner=1000:1001" }, { "300M", "-b 4096 -E stride=7" },
        { "129M", "-b 4096" }, { "128M", "-b 4096 -N 8" }, { "260M", "" }, { "257M", "-b 4096 -g 8192" }, { "70M", "-T news" }, { "70M", "-T largefile" },
        { "70M", "-T floppy" }, { "70M", "-T small" }, { "70M", "-T default" }, { "70M", "-T big" }, { "70M", "-T huge" }, { "70M", "-T largefile4" },
        { "20M", "-O ^ext_attr" }, { "20M", "-N 24" }, { "40M", "-b 2048 -g 8192 -N 16 -O ^resize_inode" }, { "20M", "-g 8192 -b 2048 -E stride=3,resize=500000" }, { "64K", "-N 8 -I 128 -O ^resize_inode" },
        { "64M", "-b 8192" }, { "64M", "-b 65536" }, { "30M", "-b 16384 -O ^resize_inode" }, { "520M", "" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void SameBytes(string size, string options)
    {
        using var scratch = new ScratchDirectory("mkfs-same");
        string theirs = scratch["theirs"];
        RunMke2fs(theirs, size, options);
        long length = BytesOf(size);
        _ = ProcessRunner.Check("/usr/bin/truncate", "-s", $"{length}", theirs);
        string ours = scratch["ours"];
        Assert.True(FileBlockDevice.TryCreate(ours, length, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        using (device)
        {
            FormatFault? fault = Formatter.Format(device, OptionsOf(options));
            Assert.True(fault is null, fault?.Message);
        }

        ProcessResult difference = ProcessRunner.Run("/usr/bin/cmp", theirs, ours);
        Assert.True(difference.ExitCode == 0, $"{size} {options}: {difference.All}\n{Report(theirs, ours)}");
    }

    /// <summary>Large volumes; EXT2U_MKFS_MATRIX=1 goes up to the largest that 32 bits can number, which takes 3 GB of /dev/shm.</summary>
    public static TheoryData<string, string> LargeCases
    {
        get
        {
            var cases = new TheoryData<string, string> { { "3G", "" }, { "40G", "-b 1024 -i 16384" }, { "150G", "" } };
            if (Environment.GetEnvironmentVariable("EXT2U_MKFS_MATRIX") is { Length: > 0 })
            {
                foreach ((string size, string options) in new[]
                {
                    ("900G", "-b 1024 -i 1048576"), ("1T", "-T largefile"), ("2T", "-b 2048 -T largefile4"), ("4T", "-T largefile4"), ("5T", "-T big -i 4194304"),
                    ("8T", "-T largefile4 -O ^resize_inode,meta_bg"), ("17179869180K", "-T largefile4"), ("17179869180K", "-N 2097152 -I 128"),
                })
                {
                    cases.Add(size, options);
                }
            }

            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(LargeCases))]
    public void SameReportOfLargeVolumes(string size, string options)
    {
        using var scratch = ScratchDirectory.InMemory("mkfs-large");
        string theirs = scratch["theirs"];
        Mke2fs.SparseFile(theirs, 1L << 20);
        RunMke2fs(theirs, size, options);
        long length = BytesOf(size);
        string expected = Dump(theirs);
        File.Delete(theirs);
        string ours = scratch["ours"];
        Assert.True(FileBlockDevice.TryCreate(ours, length, out FileBlockDevice? device, out OpenRefusal? refusal), refusal?.Message);
        using (device)
        {
            FormatFault? fault = Formatter.Format(device, OptionsOf(options));
            Assert.True(fault is null, fault?.Message);
        }

        Assert.Equal(expected, Dump(ours));
    }

    private static void RunMke2fs(string image, string size, string options)
    {
        var start = new ProcessStartInfo("/sbin/mke2fs");
        start.Environment["E2FSPROGS_FAKE_TIME"] = Time.ToString();
        string[] words = options.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        int extended = Array.IndexOf(words, "-E");
        string wishes = $"hash_seed={Seed},discard" + (extended < 0 ? "" : "," + words[extended + 1]);
        string[] rest = extended < 0 ? words : [.. words[..extended], .. words[(extended + 2)..]];
        ProcessResult result = ProcessRunner.Run(
            start, ["-q", "-F", "-t", "ext2", "-U", Volume, "-E", wishes, .. rest, image, size], null, TimeSpan.FromSeconds(60));
        _ = result.OrFail();
    }

    private static FormatOptions OptionsOf(string text)
    {
        var options = new FormatOptions { Time = Time, VolumeId = new Guid(Volume), HashSeed = new Guid(Seed) };
        string[] words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (int index = 0; index < words.Length; index += 2)
        {
            string value = words[index + 1];
            options = words[index] switch
            {
                "-b" => options with { BlockBytes = int.Parse(value) },
                "-I" => options with { InodeBytes = int.Parse(value) },
                "-i" => options with { BytesPerInode = long.Parse(value) },
                "-N" => options with { InodeCount = uint.Parse(value) },
                "-m" => options with { ReservedPercent = double.Parse(value) },
                "-g" => options with { BlocksPerGroup = uint.Parse(value) },
                "-r" => options with { Revision = int.Parse(value) },
                "-L" => options with { Label = System.Text.Encoding.ASCII.GetBytes(value) },
                "-T" => options with { Usage = [UsageType.Find(value)!] },
                "-O" => FeatureList.TryApply(value, options.Features, out FeatureSet features, out string fault)
                    ? options with { Features = features } : throw new InvalidOperationException(fault),
                "-E" => value.Split(',').Aggregate(options, Extended),
                _ => throw new InvalidOperationException(words[index]),
            };
        }

        return options;
    }

    private static FormatOptions Extended(FormatOptions options, string wish)
    {
        string[] pair = wish.Split('=');
        return pair[0] switch
        {
            "stride" => options with { RaidStride = ushort.Parse(pair[1]) },
            "stripe_width" => options with { RaidStripeWidth = uint.Parse(pair[1]) },
            "resize" => options with { ResizeBlocks = uint.Parse(pair[1]) },
            "root_owner" => options with { RootUserId = uint.Parse(pair[1].Split(':')[0]), RootGroupId = uint.Parse(pair[1].Split(':')[1]) },
            _ => throw new InvalidOperationException(wish),
        };
    }

    private static long BytesOf(string size) => long.Parse(size[..^1]) << size[^1] switch { 'K' => 10, 'M' => 20, 'G' => 30, _ => 40 };

    private static string Dump(string image) => ProcessRunner.Check("/sbin/dumpe2fs", image);

    private static string Report(string theirs, string ours) =>
        ProcessRunner.Run("/bin/bash", "-c", $"diff <(dumpe2fs {theirs} 2>&1) <(dumpe2fs {ours} 2>&1); cmp -l {theirs} {ours} | head -20").All;
}
