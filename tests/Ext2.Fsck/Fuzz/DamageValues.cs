using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Wrong values for fields: near the right one, at the ends of the range, and those that mean something else on this volume.</summary>
internal sealed class DamageValues(VolumeMap map, V intact, Random random)
{
    /// <summary>A value other than the old one.</summary>
    public uint Next(ValueKind kind, uint old, int bytes)
    {
        uint mask = bytes == 4 ? uint.MaxValue : (1u << (8 * bytes)) - 1;
        uint value = mask & random.Next(11) switch
        {
            0 or 1 => old ^ (1u << random.Next(8 * bytes)),
            2 => 0,
            3 => old + (random.Next(2) == 0 ? 1 : uint.MaxValue),
            4 => (uint)random.Next(64),
            5 => (uint)random.NextInt64(1L << 32),
            6 => uint.MaxValue,
            _ => Meaningful(kind, old),
        };
        return value == old ? value ^ 1 : value;
    }

    /// <summary>A block that something uses, or one at the volume's ends.</summary>
    public uint Block() => random.Next(7) switch
    {
        0 => Pick(map.DirectoryBlocks).Block,
        1 when map.Indirect.Count > 0 => Pick(map.Indirect).Block,
        2 when map.AttributeBlocks.Count > 0 => Pick(map.AttributeBlocks).Block,
        3 => Pick(map.Metadata).Block,
        4 => intact.BlockCount - 2 + (uint)random.Next(5),
        5 => (uint)random.Next((int)intact.BlockCount),
        _ => Pick(map.DataBlocks),
    };

    private uint Meaningful(ValueKind kind, uint old)
    {
        switch (kind)
        {
            case ValueKind.Block:
                return Block();
            case ValueKind.Inode:
                return Inode();
            case ValueKind.Flags:
                return old ^ (1u << random.Next(32)) ^ (1u << random.Next(20));
            case ValueKind.Size:
                return random.Next(4) switch
                {
                    0 => old + (uint)intact.BlockBytes,
                    1 => old - Math.Min(old, (uint)intact.BlockBytes),
                    2 => (uint)random.Next(1 << 20),
                    _ => old / 2,
                };
            case ValueKind.Time:
                return random.Next(3) switch
                {
                    0 => (uint)random.Next(400),
                    1 => SeededVolume.Now + (uint)random.Next(1 << 28),
                    _ => SeededVolume.Now - (uint)random.Next(1 << 28),
                };
            case ValueKind.Count:
                return random.Next(4) switch
                {
                    0 => old * 2,
                    1 => old / 2,
                    2 => old + 4,
                    _ => old - Math.Min(old, (uint)random.Next(1, 20)),
                };
            default:
                return (uint)random.Next(1 << 16);
        }
    }

    private uint Inode() => random.Next(6) switch
    {
        0 => Pick(map.Tree.Inodes.Values.Where(inode => inode.IsDirectory).ToArray()).Number,
        1 when map.Free.Count > 0 => Pick(map.Free),
        2 => (uint)random.Next(12),
        3 => intact.InodeCount - 1 + (uint)random.Next(4),
        _ => Pick(map.Inodes).Number,
    };

    private T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
