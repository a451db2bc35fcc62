using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Seeded damage to a sound volume: one to six faults of the kinds that hardware, kills and bugs make, each told in words.</summary>
internal sealed partial class Damage
{
    // Where things lie is asked of a copy, for the damage may hit what tells it.
    private readonly V intact;
    private readonly V? previous;
    private readonly V volume;
    private readonly VolumeMap map;
    private readonly int seed;
    private readonly Random random;
    private readonly DamageValues values;
    private readonly List<string> done = [];

    /// <summary>Damage to a volume that need not be a seeded one.</summary>
    public Damage(V volume, int seed)
        : this(volume, seed, volume.Clone(), null, null)
    {
    }

    /// <summary>Damage to a copy of a seeded volume.</summary>
    public Damage(V volume, int seed, SeededVolume origin)
        : this(volume, seed, origin.Image, origin.Previous, origin.Map)
    {
    }

    private Damage(V volume, int seed, V intact, V? previous, VolumeMap? map)
    {
        this.volume = volume;
        this.seed = seed;
        this.intact = intact;
        this.previous = previous;
        this.map = map ?? new VolumeMap(intact, TreeManifest.Of(intact));
        random = new Random(seed);
        values = new DamageValues(this.map, intact, random);
    }

    /// <summary>What was done, for the message of a failure.</summary>
    public override string ToString() => $"seed {seed}: {string.Join("; ", done)}";

    public void Run()
    {
        int count = random.Next(8) switch
        {
            <= 3 => 1,
            4 or 5 => 2,
            6 => 3,
            _ => random.Next(4, 7),
        };
        for (; count > 0; count--)
        {
            One();
        }
        if (random.Next(12) == 0)
        {
            RemoveLostAndFound();
        }
    }

    private void One()
    {
        switch (random.Next(26))
        {
            case 0:
                (uint group, long at) = random.Next(3) == 0 ? Pick(map.Superblocks) : map.Superblocks[0];
                Change($"superblock of group {group}", at, Pick(DiskFields.Superblock));
                break;
            case 1:
                ChangeDescriptor();
                break;
            case <= 5:
                ChangeInode();
                break;
            case <= 8:
                ChangePointer();
                break;
            case <= 10:
                ChangeIndirect();
                break;
            case <= 14:
                ChangeRecord();
                break;
            case <= 16:
                ChangeIndex();
                break;
            case <= 18:
                ChangeAttributes();
                break;
            case 19:
                FlipBits();
                break;
            case 20 or 21:
                ReplaceBlock();
                break;
            case 22:
                MoveInode();
                break;
            case 23:
                LoseWrites();
                break;
            case 24:
                ChangeOrphans();
                break;
            default:
                ChangeBitmap();
                break;
        }
    }

    // A field of a structure that begins at a byte.
    private void Change(string what, long at, DiskField field)
    {
        long place = at + field.Offset;
        uint old = Get(place, field.Bytes);
        uint value = values.Next(field.Kind, old, field.Bytes);
        Put(place, field.Bytes, value);
        done.Add($"{what} {field.Name} {old:x} -> {value:x}");
    }

    private uint Get(long at, int bytes) => bytes switch
    {
        1 => volume.U8(at),
        2 => volume.U16(at),
        _ => volume.U32(at),
    };

    private void Put(long at, int bytes, uint value)
    {
        switch (bytes)
        {
            case 1:
                volume.Set8(at, (byte)value);
                break;
            case 2:
                volume.Set16(at, value);
                break;
            default:
                volume.Set32(at, value);
                break;
        }
    }

    private Span<byte> Bytes(uint block) => volume.Bytes.AsSpan((int)intact.At(block), intact.BlockBytes);

    private string NameOf(ManifestInode inode) => $"inode {inode.Number} ({inode.KindName} {map.Tree.PathOf(inode.Number)})";

    private T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];
}
