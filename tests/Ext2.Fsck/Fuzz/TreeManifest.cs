using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The tree of a sound volume, by inode number: what can be reached from the root, with everything a user sees of it.</summary>
internal sealed class TreeManifest(V image, SortedDictionary<uint, ManifestInode> inodes, List<TreeName> marks)
{
    /// <summary>The volume; blocks are compared in place.</summary>
    public V Image { get; } = image;

    /// <summary>Reachable inodes.</summary>
    public SortedDictionary<uint, ManifestInode> Inodes { get; } = inodes;

    /// <summary>Whiteouts and fallthrus.</summary>
    public List<TreeName> Marks { get; } = marks;

    /// <summary>Reads a volume that a checker calls clean.</summary>
    public static TreeManifest Of(V image) => new ManifestReader(image).Read();

    public ManifestInode? this[uint number] => Inodes.GetValueOrDefault(number);

    /// <summary>One path of an inode, for messages.</summary>
    public string PathOf(uint number)
    {
        var parts = new Stack<string>();
        for (int depth = 0; number != 2 && depth < 40; depth++)
        {
            if (this[number] is not { Names.Count: > 0 } inode)
            {
                return "(no path)";
            }
            parts.Push(inode.Names[0].Name);
            number = inode.Names[0].Directory;
        }
        return "/" + string.Join('/', parts);
    }

    /// <summary>The bytes of a block of a file; empty where it is a hole or holds zeros only, which is the same to a reader.</summary>
    public ReadOnlySpan<byte> Content(ManifestInode inode, uint fileBlock)
    {
        if (!inode.Blocks.TryGetValue(fileBlock, out uint block))
        {
            return [];
        }
        ReadOnlySpan<byte> bytes = Image.Bytes.AsSpan((int)Image.At(block), Image.BlockBytes);
        return bytes.ContainsAnyExcept((byte)0) ? bytes : [];
    }
}
