using System.Collections.Concurrent;
using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// Sound volumes to damage, made once by stock tools: files of all depths, links, devices, attributes, an indexed directory, marks. Times, UUID, hash seed and
/// owners are fixed, so that one version of the tools makes the same bytes everywhere, and transcripts may name blocks and inodes.
/// </summary>
internal static class BaseVolumes
{
    /// <summary>When they were made, seconds; checks of fixtures are made a day later.</summary>
    public const uint MadeAt = 1_700_000_000;

    private const string Uuid = "6a1e0f5c-9d5b-4c53-8f0e-3a6f1c2d4b58";
    private const int ReservedInodes = 11;
    private static readonly ConcurrentDictionary<BaseVolume, Lazy<VolumeImage>> Made = new();

    /// <summary>The names that a recipe may use.</summary>
    public static IReadOnlyDictionary<string, BaseVolume> Named { get; } = new Dictionary<string, BaseVolume>
    {
        ["small"] = new() { BlockBytes = 1024, InodeBytes = 128, Bytes = 6 << 20 },
        ["groups"] = new() { BlockBytes = 1024, InodeBytes = 256, Bytes = 12 << 20 },
        ["pages"] = new() { BlockBytes = 4096, InodeBytes = 256, Bytes = 12 << 20 },
        ["plain"] = new() { BlockBytes = 1024, InodeBytes = 256, Bytes = 12 << 20, IsMarked = false },
        ["copies"] = new() { BlockBytes = 1024, InodeBytes = 256, Bytes = 12 << 20, HasCopies = true },
        ["smallcopies"] = new() { BlockBytes = 1024, InodeBytes = 128, Bytes = 6 << 20, HasCopies = true },
    };

    /// <summary>1 KiB blocks, 128-byte inodes, one group.</summary>
    public static VolumeImage Small => Of(Named["small"]);

    /// <summary>1 KiB blocks, 256-byte inodes, two groups, the second with a backup.</summary>
    public static VolumeImage Groups => Of(Named["groups"]);

    /// <summary>As <see cref="Groups"/>, but plain ext2.</summary>
    public static VolumeImage Plain => Of(Named["plain"]);

    /// <summary>4 KiB blocks.</summary>
    public static VolumeImage Pages => Of(Named["pages"]);

    /// <summary>As <see cref="Groups"/>, with copies: incomplete, indexed, both; records inside the inodes.</summary>
    public static VolumeImage Copies => Of(Named["copies"]);

    /// <summary>As <see cref="Small"/>, with copies; records in blocks of their own, that of the root full.</summary>
    public static VolumeImage SmallCopies => Of(Named["smallcopies"]);

    /// <summary>A copy of the volume with these parameters.</summary>
    public static VolumeImage Of(BaseVolume parameters) => Made.GetOrAdd(parameters, key => new Lazy<VolumeImage>(() => Make(key))).Value.Clone();

    private static VolumeImage Make(BaseVolume parameters)
    {
        using var scratch = new ScratchDirectory("fsck-base");
        string tree = scratch.Folder("tree");
        ProcessRunner.Bash(
            """
            umask 022
            mkdir -p a/b/c many union/sub union/merged empty
            printf inner > a/b/c/inner; ln a/b/c/inner second-name; printf small > small; : > nothing
            head -c 400000 /dev/zero | tr '\0' x > large; head -c 20000 /dev/zero | tr '\0' y > middle
            truncate -s 300000 sparse; printf end >> sparse
            for i in $(seq 160); do printf "$i" > many/a-name-of-some-length-$i; done
            ln -s small fast; ln -s "$(printf 'x%.0s' $(seq 200))" slow
            printf 1 > union/kept; printf 2 > union/other; printf attributes > named; printf more > named-too
            """,
            tree);
        if (parameters.HasCopies)
        {
            ProcessRunner.Bash(CopiedTree.Tree, tree);
        }
        string image = scratch["volume.img"];
        Mke2fs.SparseFile(image, parameters.Bytes);
        string value = new('v', 300);
        string[] commands =
        [
            "mknod pipe p", "mknod char c 1 3", "mknod block b 7 2",
            .. parameters.HasAttributes ? new[] { $"ea_set named user.long {value}", $"ea_set named-too user.long {value}{value}", "ea_set small user.short v" } : [],
            parameters.HasCopies ? CopiedTree.Commands(scratch, parameters.InodeBytes == 128) : "",
        ];
        File.WriteAllLines(scratch["commands"], commands);
        // Indexes come from e2fsck: mke2fs fills directories without them.
        ProcessRunner.Bash(
            $"""
            export E2FSPROGS_FAKE_TIME={MadeAt} E2FSCK_TIME={MadeAt}
            /sbin/mke2fs -q -F -t ext2 -U {Uuid} -E hash_seed={Uuid} {parameters.Options} -d '{tree}' '{image}'
            /sbin/debugfs -w -f '{scratch["commands"]}' '{image}'
            /sbin/e2fsck -fyD '{image}' || [ $? = 1 ]
            """);
        E2fsck.AssertClean(image);
        VolumeImage volume = VolumeImage.Load(image);
        SettleInodes(volume);
        if (parameters.IsMarked)
        {
            AddMarks(volume);
        }
        return volume;
    }

    // What mke2fs and debugfs take from the host: times that nobody can set there, and owners.
    private static void SettleInodes(VolumeImage volume)
    {
        for (uint inode = 2; inode <= volume.InodeCount; inode++)
        {
            bool isReserved = inode is > 2 and < ReservedInodes;
            if (isReserved || volume.U16(volume.Inode(inode, VolumeImage.Links)) == 0)
            {
                continue;
            }
            foreach (int owner in new[] { 2, 24, 120, 122 })
            {
                volume.Set16(volume.Inode(inode, owner), 0);
            }
            foreach (int time in new[] { 8, 12, 16 })
            {
                volume.Set32(volume.Inode(inode, time), MadeAt);
            }
            volume.Set32(volume.Inode(inode, 100), 0);
            if (volume.InodeBytes > 128 && volume.U16(volume.Inode(inode, 128)) >= 28)
            {
                foreach (int extra in new[] { 132, 136, 140, 148 })
                {
                    volume.Set32(volume.Inode(inode, extra), 0);
                }
                volume.Set32(volume.Inode(inode, 144), MadeAt);
            }
        }
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
