using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>More entries of one short name than there are tails which fit into their records, and no free block for longer ones.</summary>
public sealed class DoubleNamesTests
{
    private const int Names = 1300;
    private const string Name = "aaaa";

    // ~0 to ~999; 12 bytes are the shortest record, of which the name has 4.
    private const int Tails = 1000;

    [Fact]
    public void ATailThatDoesNotFitIsGivenUpAndNoNameIsLost()
    {
        V volume = Make();
        uint many = volume.Lookup("many");
        HashSet<uint> before = [.. Entries(volume, many).Select(entry => entry.Inode)];
        using MemoryBlockDevice device = volume.ToDevice();
        CheckResult result = Judge.Check(device, CheckMode.Yes, out string transcript);
        Assert.True(result.Exit == (ExitCode.Corrected | ExitCode.Left), transcript);
        Assert.Equal(Names - 1, transcript.Split("there twice").Length - 1);
        V after = V.Of(device);
        List<(uint Inode, string Name)> entries = Entries(after, many);
        Assert.Equal(Names, entries.Count);
        Assert.Equal(before, [.. entries.Select(entry => entry.Inode)]);
        int others = entries.Select(entry => entry.Name).Distinct().Count();
        Assert.InRange(others, Tails + 1, Tails + 10);
        Assert.Equal(Names - others, result.Left);

        CheckResult again = Judge.Check(device, CheckMode.No, out string silent);
        Assert.True(again.Raised.SequenceEqual(["D016"]), silent);
    }

    private static V Make()
    {
        using var scratch = new ScratchDirectory("fsck-doubles");
        string tree = scratch.Folder("tree");
        _ = ProcessRunner.Bash($"mkdir many && cd many && seq -f %04.0f 0 {Names - 1} | xargs touch", tree);
        string image = scratch["doubles.img"];
        new Mke2fs { BlockBytes = 4096, Bytes = 4 << 20, Inodes = 2048, Tree = tree }.Make(image);
        V volume = V.Load(image);
        uint many = volume.Lookup("many");
        for (int i = 0; i < Names; i++)
        {
            volume.SetName(volume.Entry(many, $"{i:D4}"), Name);
        }
        RecipeBuilders.Run(volume, "full");
        return volume;
    }

    private static List<(uint Inode, string Name)> Entries(V volume, uint directory)
    {
        var entries = new List<(uint, string)>();
        for (int slot = 0; slot < 12 && volume.Pointer(directory, slot) != 0; slot++)
        {
            long end = volume.At(volume.Pointer(directory, slot)) + volume.BlockBytes;
            for (long at = end - volume.BlockBytes; at < end; at += volume.U16(at + 4))
            {
                int length = volume.U8(at + 6);
                Assert.InRange(volume.U16(at + 4), Math.Max(12, 8 + length), end - at);
                string name = System.Text.Encoding.Latin1.GetString(volume.Bytes, (int)at + 8, length);
                if (volume.U32(at) != 0 && name is not ("." or ".."))
                {
                    entries.Add((volume.U32(at), name));
                }
            }
        }
        return entries;
    }
}
