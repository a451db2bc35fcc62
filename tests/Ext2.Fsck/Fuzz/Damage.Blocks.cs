using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

internal sealed partial class Damage
{
    private const int SectorBytes = 512;

    // A block of a kind, with its name: each kind as often as the others.
    private (string What, uint Block) PickBlock()
    {
        switch (random.Next(7))
        {
            case 0:
                return Pick(map.Metadata);
            case 1 or 2:
                (ManifestInode directory, uint block) = Pick(map.DirectoryBlocks);
                return ($"block of {NameOf(directory)}", block);
            case 3 when map.Indirect.Count > 0:
                (ManifestInode file, uint indirect, int level) = Pick(map.Indirect);
                return ($"indirect block (level {level}) of {NameOf(file)}", indirect);
            case 4 when map.AttributeBlocks.Count > 0:
                (ManifestInode owner, uint attributes) = Pick(map.AttributeBlocks);
                return ($"attribute block of {NameOf(owner)}", attributes);
            case 5:
                return ("free or any block", (uint)random.Next((int)intact.FirstDataBlock, (int)intact.BlockCount));
            default:
                return ("data block", Pick(map.DataBlocks));
        }
    }

    private void ReplaceBlock()
    {
        (string what, uint block) = PickBlock();
        (string other, uint source) = PickBlock();
        Span<byte> target = Bytes(block);
        switch (random.Next(6))
        {
            case 0:
                target.Clear();
                done.Add($"{what} {block} zeroed");
                break;
            case 1:
                Bytes(source).CopyTo(target);
                done.Add($"{other} {source} copied to {what} {block}");
                break;
            case 2:
                byte[] kept = target.ToArray();
                Bytes(source).CopyTo(target);
                kept.CopyTo(Bytes(source));
                done.Add($"{what} {block} and {other} {source} swapped");
                break;
            case 3:
                int sectors = random.Next(1, Math.Max(2, intact.BlockBytes / SectorBytes));
                Bytes(source)[..(sectors * SectorBytes)].CopyTo(target);
                done.Add($"{what} {block} torn: {sectors} sectors of {other} {source}");
                break;
            case 4:
                random.NextBytes(target);
                done.Add($"{what} {block} filled with random bytes");
                break;
            default:
                target[(random.Next(intact.BlockBytes / SectorBytes) * SectorBytes)..].Clear();
                done.Add($"{what} {block} zeroed towards its end");
                break;
        }
    }

    private void FlipBits()
    {
        (string what, uint block) = PickBlock();
        int count = random.Next(1, 6);
        for (int left = count; left > 0; left--)
        {
            Bytes(block)[random.Next(intact.BlockBytes)] ^= (byte)(1 << random.Next(8));
        }
        done.Add($"{what} {block}: {count} bits flipped");
    }

    private void ChangeBitmap()
    {
        (string what, uint block) = Pick([.. map.Metadata.Where(place => place.What.Contains("bitmap", StringComparison.Ordinal))]);
        int start = random.Next(intact.BlockBytes), count = random.Next(1, 12);
        byte fill = (byte)(random.Next(3) * 0x7F);
        Bytes(block).Slice(start, Math.Min(count, intact.BlockBytes - start)).Fill(fill);
        done.Add($"{what}: {count} bytes from {start} on are {fill:x2}");
    }

    // One inode's bytes over another's: what a write of a table block to the wrong place does.
    private void MoveInode()
    {
        ManifestInode from = Pick(map.Inodes), to = Pick(map.Inodes);
        uint target = random.Next(4) == 0 && map.Free.Count > 0 ? Pick(map.Free) : to.Number;
        Span<byte> source = volume.Bytes.AsSpan((int)intact.Inode(from.Number, 0), intact.InodeBytes);
        Span<byte> place = volume.Bytes.AsSpan((int)intact.Inode(target, 0), intact.InodeBytes);
        switch (random.Next(4))
        {
            case 0:
                place.Clear();
                done.Add($"inode {target} zeroed");
                break;
            case 1:
                source.CopyTo(place);
                done.Add($"{NameOf(from)} copied to inode {target}");
                break;
            case 2:
                source[..64].CopyTo(place);
                done.Add($"first half of {NameOf(from)} copied to inode {target}");
                break;
            default:
                byte[] kept = place.ToArray();
                source.CopyTo(place);
                kept.CopyTo(source);
                done.Add($"{NameOf(from)} and inode {target} swapped");
                break;
        }
    }

    // Blocks, or parts of them, that come back as they were some changes ago.
    private void LoseWrites()
    {
        if (previous is null || map.Changed.Count == 0)
        {
            FlipBits();
            return;
        }
        int share = random.Next(1, 5);
        for (int left = random.Next(3) == 0 ? map.Changed.Count / share : share; left > 0; left--)
        {
            uint block = Pick(map.Changed);
            int sectors = random.Next(3) == 0 ? random.Next(1, Math.Max(2, intact.BlockBytes / SectorBytes)) : intact.BlockBytes / SectorBytes;
            int at = (int)intact.At(block);
            previous.Bytes.AsSpan(at, sectors * SectorBytes).CopyTo(Bytes(block));
            done.Add($"{sectors} sectors of block {block} are older");
        }
    }

    // The list of deleted, open inodes: a sound one, one that leads astray, one that loops.
    private void ChangeOrphans()
    {
        uint next = random.Next(3) == 0 ? values.Next(ValueKind.Inode, 0, 4) : 0;
        for (int left = random.Next(1, 4); left > 0; left--)
        {
            ManifestInode inode = Pick(map.Inodes);
            long at = intact.Inode(inode.Number, 0);
            if (inode.Names.Count > 0 && random.Next(4) != 0)
            {
                foreach (TreeName name in inode.Names)
                {
                    RemoveRecord(name);
                }
                volume.Set16(at + V.Links, 0);
            }
            volume.Set32(at + V.DeletionTime, next);
            done.Add($"{NameOf(inode)} is an orphan before {next}, {volume.U16(at + V.Links)} links");
            next = inode.Number;
        }
        volume.Set32(V.Super(232), next);
    }

    // Where lost+found is there, repairs need not make it; volumes are sound only with it.
    private void RemoveLostAndFound()
    {
        foreach (ManifestInode inode in map.Tree.Inodes.Values)
        {
            foreach (TreeName name in inode.Names.Where(name => name is { Directory: 2, Name: "lost+found" }))
            {
                RemoveRecord(name);
                if (random.Next(2) == 0)
                {
                    volume.Bytes.AsSpan((int)intact.Inode(inode.Number, 0), intact.InodeBytes).Clear();
                }
                done.Add("lost+found removed");
            }
        }
    }

    private void RemoveRecord(TreeName name)
    {
        foreach (uint block in map.Tree.Inodes[name.Directory].Blocks.Values)
        {
            long end = intact.At(block) + intact.BlockBytes;
            for (long at = intact.At(block); at + 8 <= end; at += Math.Max(8, (int)intact.U16(at + 4)))
            {
                bool isIt = intact.U32(at) == name.Inode && intact.U8(at + 6) == name.Name.Length && intact.Bytes[at + 8] == (byte)name.Name[0];
                if (isIt)
                {
                    volume.Set32(at, 0);
                }
            }
        }
    }
}
