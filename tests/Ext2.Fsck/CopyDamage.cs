using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Seeded damage to what a union keeps of its copies: records, the table of lowers, entries and directory of the index, link counts.</summary>
internal sealed class CopyDamage(V volume, int seed)
{
    private readonly V intact = volume.Clone();
    private readonly Random random = new(seed);
    private readonly List<string> done = [];

    /// <summary>Inodes whose record or names the damage hit.</summary>
    public HashSet<uint> Touched { get; } = [];

    /// <summary>What was done, for the message of a failure.</summary>
    public override string ToString() => $"seed {seed}: {string.Join("; ", done)}";

    /// <summary>The inodes of a volume that have a record.</summary>
    public static uint[] CopiesOf(V volume)
    {
        uint index = volume.Lookup(CopiedTree.Index);
        string[] keys = [CopiedTree.LinkedKey, CopiedTree.BothKey, CopiedTree.BelowKey];
        return [volume.Lookup("copies"), volume.Lookup("copies/whole"), volume.Lookup("copies/owed"), .. keys.Select(key => volume.U32(volume.Entry(index, key)))];
    }

    public void Run()
    {
        for (int count = 1 + random.Next(3); count > 0; count--)
        {
            switch (random.Next(8))
            {
                case 0 or 1 or 2:
                    uint[] copies = CopiesOf(intact);
                    EditRecord(copies[random.Next(copies.Length)]);
                    break;
                case 3:
                    volume.EditAttribute(2, "ext2u.lowers", value => EditByte("table", value));
                    break;
                case 4 or 5:
                    EditEntry();
                    break;
                case 6:
                    EditIndex();
                    break;
                default:
                    EditInode();
                    break;
            }
        }
    }

    private void EditRecord(uint inode)
    {
        _ = Touched.Add(inode);
        volume.EditAttribute(inode, "ext2u.copy", value =>
        {
            if (random.Next(3) == 0)
            {
                // The first bytes decide most.
                EditByte($"record of {inode}", value[..4]);
            }
            else
            {
                EditByte($"record of {inode}", value);
            }
        });
    }

    private void EditByte(string what, Span<byte> value)
    {
        int at = random.Next(value.Length);
        value[at] = random.Next(3) switch
        {
            0 => (byte)(value[at] ^ (1 << random.Next(8))),
            1 => 0,
            _ => (byte)random.Next(256),
        };
        done.Add($"{what} [{at}] = {value[at]}");
    }

    private void EditEntry()
    {
        uint index = intact.Lookup(CopiedTree.Index);
        string[] keys = [CopiedTree.LinkedKey, CopiedTree.BothKey, CopiedTree.BelowKey];
        string key = keys[random.Next(keys.Length)];
        long entry = intact.Entry(index, key);
        switch (random.Next(6))
        {
            case 0:
                volume.Set32(entry, 0);
                volume.Set8(entry + 7, 0);
                done.Add($"entry {key} removed");
                break;
            case 1:
                volume.Set8(entry + 8 + random.Next(21), (byte)"0123456789abcdef-Zg."[random.Next(20)]);
                done.Add($"entry {key} renamed");
                break;
            case 2:
                volume.Set32(entry, CopiesOf(intact)[random.Next(6)]);
                done.Add($"entry {key} leads elsewhere");
                break;
            case 3:
                volume.Set32(entry, 0);
                volume.Set8(entry + 7, (byte)(8 + random.Next(2)));
                done.Add($"entry {key} made a mark");
                break;
            case 4:
                volume.SetName(entry, keys[random.Next(keys.Length)]);
                done.Add($"entry {key} doubled");
                break;
            default:
                volume.Set8(entry + 7, (byte)random.Next(12));
                done.Add($"entry {key} of another type");
                break;
        }
    }

    private void EditIndex()
    {
        uint index = intact.Lookup(CopiedTree.Index);
        long entry = intact.Entry(2, CopiedTree.Index);
        switch (random.Next(5))
        {
            case 0:
                volume.Set32(entry, 0);
                volume.Set8(entry + 7, 0);
                done.Add("index without a name");
                break;
            case 1:
                volume.Bytes.AsSpan((int)intact.Inode(index, 0), intact.InodeBytes).Clear();
                done.Add("index cleared");
                break;
            case 2:
                volume.Set32(entry, intact.Lookup("small"));
                done.Add("index leads to a file");
                break;
            case 3:
                volume.Set32(V.Super(96), volume.U32(V.Super(96)) & ~0x820u);
                done.Add("features lost");
                break;
            default:
                volume.Bytes.AsSpan((int)intact.At(intact.Pointer(index, 0)) + random.Next(60), 40).Fill((byte)random.Next(256));
                done.Add("index block damaged");
                break;
        }
    }

    private void EditInode()
    {
        uint[] copies = CopiesOf(intact);
        uint inode = copies[random.Next(copies.Length)];
        _ = Touched.Add(inode);
        int field = random.Next(4) switch
        {
            0 => V.Links,
            1 => V.Size,
            2 => V.Flags,
            _ => V.Mode,
        };
        long at = intact.Inode(inode, field);
        volume.Set16(at, (uint)random.Next(65536));
        done.Add($"inode {inode}+{field} = {volume.U16(at)}");
    }
}
