using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>-D on a top: every mark, flag, origin, record and name is the same behind it, in directories of one block, of an index and of an index of two levels.</summary>
public sealed class CompactionTests
{
    [Theory]
    [InlineData(1024, 5000, 1)]
    [InlineData(1024, 900, 0)]
    [InlineData(4096, 6000, 0)]
    public void EverythingOfAUnionIsKept(int blockBytes, int names, int levels)
    {
        using MemoryBlockDevice device = Make(blockBytes, names);
        V before = V.Of(device);
        uint many = before.Lookup("many");
        Assert.Equal((0x1000u, levels), (before.U32(before.Inode(many, V.Flags)) & 0x1000, before.U8(before.At(before.Pointer(many, 0)) + 30)));
        var options = new CheckOptions { Mode = CheckMode.Yes, CompactDirectories = true, Name = "test.img" };
        CheckResult result = Judge.Run(device, options, [], out string transcript);
        Assert.True(result.Exit == ExitCode.Corrected, transcript);
        V after = V.Of(device);
        Assert.True(after.U32(after.Inode(many, V.Size)) < before.U32(before.Inode(many, V.Size)), "nothing was compacted");
        Assert.Equal(Content(before), Content(after));
        Assert.Equal(ExitCode.Clean, Judge.Check(device, CheckMode.No, out string again).Exit);
        Assert.Null(Judge.E2fsckSays(after));
        Assert.True(Ext2Volume.TryMount(device, new Ext2MountOptions(), out Ext2Volume? mounted, out string? refusal), refusal);
        AssertMarksAreFound((LayerDirectory)mounted.Root, names);
        Assert.Equal(Errno.None, mounted.Unmount());
    }

    // What the engine finds through the index that was written anew.
    private static void AssertMarksAreFound(LayerDirectory root, int names)
    {
        Assert.True(root.Lookup("many"u8).TryGet(out Inode inode, out _));
        var many = (LayerDirectory)inode;
        for (int i = 0; i < names; i += 50)
        {
            Assert.True(many.Peek(NameOf(i)).TryGet(out Slot slot, out _));
            Assert.Equal(i % 100 == 0 ? SlotKind.Whiteout : SlotKind.Fallthru, slot.Kind);
        }
        many.Release();
    }

    private static MemoryBlockDevice Make(int blockBytes, int names)
    {
        var device = new MemoryBlockDevice(24 << 20);
        Assert.Null(Formatter.Format(device, new FormatOptions { BlockBytes = blockBytes }));
        Assert.True(Ext2Volume.TryMount(device, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        var root = (LayerDirectory)volume.Root;
        LayerDirectory many = MakeDirectory(root, "many", false);
        for (int i = 0; i < names; i++)
        {
            _ = i % 100 == 0 ? many.PutWhiteout(NameOf(i)) : many.PutFallthru(NameOf(i));
        }
        // What listings, deletions and removals leave: blocks with few names.
        for (int i = 0; i < names; i++)
        {
            if (i % 50 != 0)
            {
                _ = many.RemoveMark(NameOf(i));
            }
        }
        Assert.Equal(Errno.None, many.SetOpaque(true));
        Assert.Equal(Errno.None, many.SetOrigin(OriginKind.Redirect, "once/here"u8));
        MakeDirectory(many, "made", true).Release();
        many.Release();
        var copies = new CopyUse(volume, 3);
        copies.Begin();
        copies.Run(120);
        Assert.Equal(Errno.None, volume.Unmount());
        return device;
    }

    private static LayerDirectory MakeDirectory(LayerDirectory at, string name, bool opaque)
    {
        var what = new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED), Opaque = opaque };
        Assert.True(at.Create(Encoding.ASCII.GetBytes(name), what).TryGet(out Inode made, out _));
        return (LayerDirectory)made;
    }

    private static byte[] NameOf(int i) => Encoding.ASCII.GetBytes($"a-name-that-is-long-enough-to-fill-blocks-{i}");

    // Names with what they lead to, marks, union flags and attributes of every inode.
    private static string[] Content(V volume)
    {
        TreeManifest tree = TreeManifest.Of(volume);
        IEnumerable<string> marks = tree.Marks.Select(mark => $"mark {mark.Directory} {mark.Type} {mark.Name}");
        IEnumerable<string> names = tree.Inodes.Values.SelectMany(inode => inode.Names).Select(name => $"name {name.Directory} {name.Inode} {name.Name}");
        IEnumerable<string> inodes = tree.Inodes.Values.Select(
            inode => $"inode {inode.Number} {inode.Flags & 0x0C000000:x} {string.Join(' ', inode.Attributes.Select(pair => $"{pair.Key}={pair.Value}"))}");
        return [.. marks.Concat(names).Concat(inodes).Order(StringComparer.Ordinal)];
    }
}
