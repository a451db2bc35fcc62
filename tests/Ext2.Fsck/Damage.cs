namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Seeded damage to a sound volume: bits, fields, blocks, where a volume keeps what matters.</summary>
internal sealed class Damage(VolumeImage volume, int seed)
{
    // Where things lie is asked of a copy, for the damage may hit what tells it.
    private readonly VolumeImage intact = volume.Clone();
    private readonly Random random = new(seed);
    private readonly List<uint> inodes = FindInodes(volume);
    private readonly List<uint> directories = FindDirectories(volume);
    private readonly List<string> done = [];

    /// <summary>What was done, for the message of a failure.</summary>
    public override string ToString() => $"seed {seed}: {string.Join("; ", done)}";

    public void Run()
    {
        for (int count = 1 + random.Next(4); count > 0; count--)
        {
            switch (random.Next(10))
            {
                case 0:
                    Field("superblock", 1024 + random.Next(256));
                    break;
                case 1:
                    Field("descriptor", intact.Descriptor((uint)random.Next((int)intact.GroupCount), random.Next(20)));
                    break;
                case 2 or 3 or 4:
                    DamageInode();
                    break;
                case 5 or 6 or 7:
                    DamageDirectory();
                    break;
                case 8:
                    DamageBlock();
                    break;
                default:
                    Field("anywhere", random.Next(volume.Bytes.Length));
                    break;
            }
        }
    }

    private void DamageInode()
    {
        uint inode = inodes[random.Next(inodes.Count)];
        int field = random.Next(3) == 0 ? random.Next(intact.InodeBytes) : 40 + (4 * random.Next(15));
        Field($"inode {inode}+{field}", intact.Inode(inode, field));
        if (random.Next(4) == 0)
        {
            uint indirect = intact.Pointer(inode, 12);
            if (indirect != 0 && indirect < intact.BlockCount)
            {
                Field($"indirect of {inode}", intact.At(indirect) + (4 * random.Next(40)));
            }
        }
    }

    private void DamageDirectory()
    {
        uint directory = directories[random.Next(directories.Count)];
        uint block = intact.Pointer(directory, random.Next(5) == 0 ? random.Next(12) : 0);
        if (block == 0 || block >= intact.BlockCount)
        {
            return;
        }
        long start = intact.At(block);
        long at = start;
        for (int steps = random.Next(30); steps > 0 && intact.U16(at + 4) >= 8 && at + intact.U16(at + 4) < start + intact.BlockBytes - 12; steps--)
        {
            at += volume.U16(at + 4);
        }
        Field($"record of {directory}", Math.Min(at + random.Next(16), volume.Bytes.Length - 4));
    }

    private void DamageBlock()
    {
        uint from = PickBlock();
        uint to = PickBlock();
        Span<byte> source = volume.Bytes.AsSpan((int)intact.At(from), intact.BlockBytes);
        Span<byte> target = volume.Bytes.AsSpan((int)intact.At(to), intact.BlockBytes);
        switch (random.Next(4))
        {
            case 0:
                done.Add($"block {to} zeroed");
                target.Clear();
                break;
            case 1:
                done.Add($"block {from} copied to {to}");
                source.CopyTo(target);
                break;
            case 2:
                done.Add($"half of block {to} torn");
                target[(intact.BlockBytes / 2)..].Fill((byte)random.Next(256));
                break;
            default:
                done.Add($"block {to} random");
                random.NextBytes(target);
                break;
        }
    }

    // Blocks that hold something; the superblock has a turn of its own.
    private uint PickBlock()
    {
        uint inode = inodes[random.Next(inodes.Count)];
        uint block = random.Next(3) switch
        {
            0 => intact.Pointer(inode, random.Next(15)),
            1 => 3 + (uint)random.Next(60),
            _ => (uint)random.Next((int)intact.BlockCount),
        };
        return block < 2 || block >= intact.BlockCount || intact.BlockBytes > 1024 && block == 0 ? 5 : block;
    }

    private void Field(string what, long at)
    {
        at = Math.Min(at, volume.Bytes.Length - 4);
        switch (random.Next(6))
        {
            case 0:
                int bit = random.Next(8);
                volume.Set8(at, (byte)(volume.U8(at) ^ (1 << bit)));
                done.Add($"{what} @{at} bit {bit}");
                break;
            case 1:
                Put8((byte)random.Next(256));
                break;
            case 2:
                Put8(0);
                break;
            case 3:
                Put32((uint)random.Next((int)intact.BlockCount));
                break;
            case 4:
                Put32((uint)random.Next(64));
                break;
            default:
                Put32((uint)random.NextInt64(uint.MaxValue));
                break;
        }

        void Put8(byte value)
        {
            volume.Set8(at, value);
            done.Add($"{what} @{at} = {value}");
        }

        void Put32(uint value)
        {
            volume.Set32(at, value);
            done.Add($"{what} @{at} = 0x{value:x8}");
        }
    }

    private static List<uint> FindInodes(VolumeImage volume)
    {
        var found = new List<uint>();
        for (uint inode = 1; inode <= volume.InodeCount; inode++)
        {
            if (volume.U16(volume.Inode(inode, VolumeImage.Links)) != 0)
            {
                found.Add(inode);
            }
        }
        return found;
    }

    private static List<uint> FindDirectories(VolumeImage volume) =>
        [.. FindInodes(volume).Where(inode => volume.U16(volume.Inode(inode, VolumeImage.Mode)) >> 12 == 4)];
}
