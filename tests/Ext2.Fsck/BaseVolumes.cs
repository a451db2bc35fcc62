using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Sound volumes to damage, made once by stock tools: files of all depths, links, devices, attributes, an indexed directory, marks.</summary>
internal static class BaseVolumes
{
    private static readonly Lazy<VolumeImage> SmallBlocks = new(() => Make(1024, 128, 6, true));
    private static readonly Lazy<VolumeImage> LargeInodes = new(() => Make(1024, 256, 12, true));
    private static readonly Lazy<VolumeImage> PageBlocks = new(() => Make(4096, 256, 12, true));
    private static readonly Lazy<VolumeImage> WithoutMarks = new(() => Make(1024, 256, 12, false));
    private static readonly Lazy<VolumeImage> WithCopies = new(() => Make(1024, 256, 12, true, true));
    private static readonly Lazy<VolumeImage> WithCopiesInBlocks = new(() => Make(1024, 128, 6, true, true));

    /// <summary>1 KiB blocks, 128-byte inodes, one group.</summary>
    public static VolumeImage Small => SmallBlocks.Value.Clone();

    /// <summary>1 KiB blocks, 256-byte inodes, two groups, the second with a backup.</summary>
    public static VolumeImage Groups => LargeInodes.Value.Clone();

    /// <summary>As <see cref="Groups"/>, but plain ext2.</summary>
    public static VolumeImage Plain => WithoutMarks.Value.Clone();

    /// <summary>4 KiB blocks.</summary>
    public static VolumeImage Pages => PageBlocks.Value.Clone();

    /// <summary>As <see cref="Groups"/>, with copies: incomplete, indexed, both; records inside the inodes.</summary>
    public static VolumeImage Copies => WithCopies.Value.Clone();

    /// <summary>As <see cref="Small"/>, with copies; records in blocks of their own, that of the root full.</summary>
    public static VolumeImage SmallCopies => WithCopiesInBlocks.Value.Clone();

    private static VolumeImage Make(int blockBytes, int inodeBytes, int megabytes, bool isMarked, bool hasCopies = false)
    {
        using var scratch = new ScratchDirectory("fsck-base");
        string tree = scratch.Folder("tree");
        ProcessRunner.Bash(
            """
            mkdir -p a/b/c many union/sub union/merged empty
            printf inner > a/b/c/inner; ln a/b/c/inner second-name; printf small > small; : > nothing
            head -c 400000 /dev/zero | tr '\0' x > large; head -c 20000 /dev/zero | tr '\0' y > middle
            truncate -s 300000 sparse; printf end >> sparse
            for i in $(seq 160); do printf "$i" > many/a-name-of-some-length-$i; done
            ln -s small fast; ln -s "$(printf 'x%.0s' $(seq 200))" slow
            printf 1 > union/kept; printf 2 > union/other; printf attributes > named; printf more > named-too
            """,
            tree);
        if (hasCopies)
        {
            ProcessRunner.Bash(CopiedTree.Tree, tree);
        }
        string image = scratch["volume.img"];
        new Mke2fs { BlockBytes = blockBytes, InodeBytes = inodeBytes, Bytes = (long)megabytes << 20, Inodes = 512, Tree = tree }.Make(image);
        string value = new('v', 300);
        string commands = $"""
            mknod pipe p
            mknod char c 1 3
            mknod block b 7 2
            ea_set named user.long {value}
            ea_set named-too user.long {value}{value}
            ea_set small user.short v
            {(hasCopies ? CopiedTree.Commands(scratch, inodeBytes == 128) : "")}
            """;
        File.WriteAllText(scratch["commands"], commands);
        ProcessRunner.Check("/sbin/debugfs", "-w", "-f", scratch["commands"], image);
        // Indexes come from e2fsck: mke2fs fills directories without them.
        ProcessRunner.Run("/sbin/e2fsck", "-fyD", image);
        E2fsck.AssertClean(image);
        VolumeImage volume = VolumeImage.Load(image);
        if (isMarked)
        {
            AddMarks(volume);
        }
        return volume;
    }

    private static void AddMarks(VolumeImage volume)
    {
        uint union = volume.Lookup("union");
        volume.AddRecord(union, "gone", 0, 8);
        volume.AddRecord(union, "below", 0, 9);
        volume.AddRecord(2, "gone-too", 0, 8);
        volume.AddRecord(volume.Lookup("a/b"), "deep", 0, 9);
        uint merged = volume.Lookup("union/merged");
        volume.Set32(volume.Inode(merged, VolumeImage.Flags), volume.U32(volume.Inode(merged, VolumeImage.Flags)) | 0x0C000000);
        for (uint group = 0; group < volume.GroupCount; group++)
        {
            long super = group == 0 ? 1024 : volume.At(volume.FirstDataBlock + (group * volume.BlocksPerGroup));
            if (volume.U16(super + 56) == 0xEF53)
            {
                volume.Set32(super + 96, volume.U32(super + 96) | 0x820);
            }
        }
    }
}
