using System.Globalization;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// The layer that tops with copies lie on (<see cref="CopiedTree"/>), made by stock tools: its UUID is the one in their tables of lowers, and the sources have the inode numbers,
/// generations, sizes, times and names that the records speak of.
/// </summary>
internal static class LowerVolume
{
    private const int SourceBytes = 50000;
    private static readonly Lazy<VolumeImage> Made = new(Make);

    /// <summary>A copy of it.</summary>
    public static VolumeImage Sound => Made.Value.Clone();

    /// <summary>Another volume with the same content.</summary>
    public static VolumeImage Other
    {
        get
        {
            VolumeImage volume = Sound;
            volume.Set8(VolumeImage.Super(104), 0xEE);
            return volume;
        }
    }

    /// <summary>Opens a volume as a layer.</summary>
    public static LowerLayer Open(VolumeImage volume, string inside = "")
    {
        Assert.True(VolumeLower.TryOpen(volume.ToDevice(), "base.img", inside, out VolumeLower? lower, out string? refusal), refusal);
        return lower;
    }

    private static VolumeImage Make()
    {
        using var scratch = new ScratchDirectory("fsck-lower");
        string image = scratch["lower.img"];
        Mke2fs.SparseFile(image, 4 << 20);
        File.WriteAllBytes(scratch["source"], new byte[SourceBytes]);
        File.WriteAllText(scratch["small"], "small");
        // debugfs gives each new file the lowest free number; the first is 12.
        List<string> commands = ["mkdir union", "mkdir a", "mkdir a/b", "mkdir copies", "mkdir before"];
        for (int inode = 17; inode <= 34; inode++)
        {
            string name = inode switch
            {
                17 => "copies/whole",
                18 => "copies/owed",
                19 => "gone-too",
                20 => "union/gone",
                21 => "union/below",
                22 => "a/b/deep",
                32 => "copies/linked",
                33 => "copies/both",
                34 => "first-below",
                _ => string.Create(CultureInfo.InvariantCulture, $"filler-{inode}"),
            };
            commands.Add($"write {scratch[inode is 18 or 33 or 34 ? "source" : "small"]} {name}");
        }
        commands.AddRange(["ln copies/linked linked-below", "ln copies/both both-below", "ln first-below second-below"]);
        for (int inode = 17; inode <= 34; inode++)
        {
            commands.AddRange([$"sif <{inode}> generation 77", $"sif <{inode}> mtime @1700000000", $"sif <{inode}> ctime @1700000001"]);
            commands.Add($"sif <{inode}> links_count {(inode >= 32 ? 2 : 1)}");
        }
        File.WriteAllLines(scratch["commands"], commands);
        ProcessRunner.Bash(
            $"""
            /sbin/mke2fs -q -F -t ext2 -b 1024 -I 128 -N 64 -U 2dbb7ef3-26c5-4ed4-a2a7-2e7ed9e5a5a3 '{image}'
            /sbin/debugfs -w -f '{scratch["commands"]}' '{image}'
            """);
        E2fsck.AssertClean(image);
        return VolumeImage.Load(image);
    }
}
