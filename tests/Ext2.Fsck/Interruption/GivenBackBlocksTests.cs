using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// All directories are written anew on a volume with room for one of them, so that each goes to blocks that others gave up: nothing is written there before the
/// former owner is durably without them, or a power failure in between would leave it leading to another's names.
/// </summary>
public sealed class GivenBackBlocksTests
{
    private const int Free = 6;
    private const int Directories = 8;

    [Fact]
    public void TheyAreWrittenWhenTheirFormerOwnerIsDurablyWithoutThem()
    {
        V volume = Make();
        Dictionary<long, uint> owners = Owners(volume);
        using var device = new RecordingBlockDevice(volume.ToDevice());
        var options = new CheckOptions { Mode = CheckMode.Yes, CompactDirectories = true, Name = "test.img" };
        CheckResult result = Judge.Run(device, options, [], out string transcript);
        Assert.True(result.Exit == ExitCode.Corrected, transcript);
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out _).Exit);

        RecordedOperation[] log = device.Log();
        int reused = 0;
        for (int at = 0; at < log.Length; at++)
        {
            if (log[at].Operation == DeviceOperation.Write && owners.TryGetValue(log[at].Offset / volume.BlockBytes, out uint owner))
            {
                reused++;
                long inode = volume.Inode(owner, 0);
                int left = Array.FindLastIndex(log, at, write => write.Offset <= inode && write.Offset + write.Data.Length > inode);
                Assert.True(left >= 0, $"a block of directory {owner} is written while that has it");
                Assert.Contains(log[left..at], operation => operation.Operation == DeviceOperation.Flush);
            }
        }
        Assert.True(reused > Directories, $"{reused} blocks were used again");
    }

    // By block: the directory that it belongs to.
    private static Dictionary<long, uint> Owners(V volume)
    {
        var owners = new Dictionary<long, uint>();
        foreach (uint directory in Enumerable.Range(1, Directories).Select(number => volume.Lookup($"d{number}")))
        {
            for (int slot = 0; slot < 12 && volume.Pointer(directory, slot) != 0; slot++)
            {
                owners[volume.Pointer(directory, slot)] = directory;
            }
        }
        return owners;
    }

    private static V Make()
    {
        using var scratch = new ScratchDirectory("fsck-given-back");
        string tree = scratch.Folder("tree");
        _ = ProcessRunner.Bash($"for d in $(seq {Directories}); do mkdir d$d; seq -f d$d/a-file-with-a-name-%03.0f 100; done | xargs touch", tree);
        string image = scratch["given.img"];
        new Mke2fs { BlockBytes = 1024, Bytes = 4 << 20, Inodes = 1024, Tree = tree }.Make(image);
        V volume = V.Load(image);
        KeepFree(volume);
        RecipeBuilders.Run(volume, "full");
        return volume;
    }

    // Blocks that are in use in the bitmap only are free for a repair, and not for what fills the volume up.
    private static void KeepFree(V volume)
    {
        long bitmap = volume.At(volume.U32(volume.Descriptor(0, 0)));
        for (uint bit = 0, kept = 0; kept < Free; bit++)
        {
            byte mask = (byte)(1 << (int)(bit & 7));
            if ((volume.U8(bitmap + (bit >> 3)) & mask) == 0)
            {
                volume.Set8(bitmap + (bit >> 3), (byte)(volume.U8(bitmap + (bit >> 3)) | mask));
                kept++;
            }
        }
    }
}
