using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

internal sealed partial class Damage
{
    private void ChangeDescriptor()
    {
        (uint copy, long super) = random.Next(3) == 0 ? Pick(map.Superblocks) : map.Superblocks[0];
        long descriptors = copy == 0 ? intact.Descriptor(0, 0) : super + intact.BlockBytes;
        uint group = (uint)random.Next((int)intact.GroupCount);
        Change($"descriptor {group}{(copy == 0 ? "" : $" in group {copy}")}", descriptors + (group * 32), Pick(DiskFields.Descriptor));
    }

    private void ChangeInode()
    {
        int which = random.Next(14);
        string name;
        uint number;
        if (which == 0)
        {
            number = map.Free.Count > 0 && random.Next(2) == 0 ? Pick(map.Free) : (uint)random.Next(1, 12);
            name = $"inode {number}";
        }
        else
        {
            ManifestInode inode = which == 1 ? map.Tree.Inodes[2] : Pick(map.Inodes);
            number = inode.Number;
            name = NameOf(inode);
        }
        bool isExtra = intact.InodeBytes > 128 && random.Next(5) == 0;
        Change(name, intact.Inode(number, 0), Pick(isExtra ? DiskFields.InodeExtra : DiskFields.Inode));
    }

    private void ChangePointer()
    {
        ManifestInode inode = random.Next(12) == 0 ? Pick(map.Special) : Pick(map.Inodes);
        // Mostly a number that is used, for most files are short; the indirect ones weigh more.
        int slot = random.Next(3) == 0 ? random.Next(15) : random.Next(4) == 0 ? 12 + random.Next(3) : random.Next(Math.Clamp(inode.Blocks.Count, 1, 12));
        Change(NameOf(inode), intact.Inode(inode.Number, V.Block), new DiskField($"i_block[{slot}]", slot * 4, 4, ValueKind.Block));
    }

    private void ChangeIndirect()
    {
        if (map.Indirect.Count == 0)
        {
            ChangePointer();
            return;
        }
        (ManifestInode inode, uint block, int level) = Pick(map.Indirect);
        int slots = intact.BlockBytes / 4;
        int slot = random.Next(slots);
        if (random.Next(4) != 0)
        {
            // One that is in use.
            for (int tries = 0; tries < slots && intact.U32(intact.At(block) + (slot * 4)) == 0; tries++)
            {
                slot = (slot + 1) % slots;
            }
        }
        Change($"indirect block {block} (level {level}) of {NameOf(inode)}", intact.At(block), new DiskField($"[{slot}]", slot * 4, 4, ValueKind.Block));
    }

    private void ChangeRecord()
    {
        // A directory first, then one of its blocks: the large ones must not have all the damage.
        (ManifestInode directory, uint block) = Pick(map.DirectoryBlocks);
        if (random.Next(2) == 0)
        {
            directory = Pick(map.Inodes);
            if (!directory.IsDirectory)
            {
                directory = map.Tree.Inodes[2];
            }
            block = Pick([.. directory.Blocks.Values]);
        }
        long at = RecordIn(block, random.Next(random.Next(3) == 0 ? 3 : 40), out int index);
        Change($"record {index} in block {block} of {NameOf(directory)}", at, Pick(DiskFields.Record));
    }

    // The n-th record of a block, or the last.
    private long RecordIn(uint block, int steps, out int index)
    {
        long at = intact.At(block), end = at + intact.BlockBytes;
        for (index = 0; index < steps; index++)
        {
            int length = intact.U16(at + 4);
            if (length < 8 || at + length > end - 12)
            {
                break;
            }
            at += length;
        }
        return at;
    }

    private void ChangeIndex()
    {
        if (map.IndexNodes.Count == 0)
        {
            ChangeRecord();
            return;
        }
        (ManifestInode directory, uint block, bool isRoot) = Pick(map.IndexNodes);
        string what = $"index {(isRoot ? "root" : "node")} in block {block} of {NameOf(directory)}";
        long at = intact.At(block);
        int header = isRoot ? 32 : 8;
        int entries = intact.U16(at + header + 2);
        if (entries > 1 && random.Next(2) == 0)
        {
            int entry = random.Next(1, entries);
            Change($"{what} entry {entry}", at + header + (8 * entry), Pick(DiskFields.IndexEntry));
            return;
        }
        Change(what, at, Pick(isRoot ? DiskFields.IndexRoot : DiskFields.IndexNode));
    }

    private void ChangeAttributes()
    {
        if (intact.InodeBytes > 128 && random.Next(2) == 0)
        {
            ManifestInode inode = Pick(map.Inodes);
            long inside = intact.Inode(inode.Number, 128 + intact.U16(intact.Inode(inode.Number, 128)));
            if (random.Next(4) == 0 || intact.U32(inside) != 0xEA020000)
            {
                Change($"attributes inside {NameOf(inode)}", inside, new DiskField("h_magic", 0, 4));
                return;
            }
            ChangeEntry($"attributes inside {NameOf(inode)}", inside + 4, inside + 4);
            return;
        }
        if (map.AttributeBlocks.Count == 0)
        {
            ChangeInode();
            return;
        }
        (ManifestInode owner, uint block) = Pick(map.AttributeBlocks);
        string what = $"attribute block {block} of {NameOf(owner)}";
        if (random.Next(3) == 0)
        {
            Change(what, intact.At(block), Pick(DiskFields.AttributeHeader));
            return;
        }
        ChangeEntry(what, intact.At(block) + 32, intact.At(block));
    }

    private void ChangeEntry(string what, long first, long origin)
    {
        long at = first;
        int index = 0;
        for (int steps = random.Next(4); steps > 0; steps--)
        {
            long next = at + 16 + ((intact.U8(at) + 3) & ~3);
            if (intact.U32(at) == 0 || intact.U32(next) == 0)
            {
                break;
            }
            at = next;
            index++;
        }
        if (random.Next(4) == 0)
        {
            Change($"{what} entry {index}", origin, new DiskField("value", intact.U16(at + 2), 1));
            return;
        }
        Change($"{what} entry {index}", at, Pick(DiskFields.AttributeEntry));
    }
}
