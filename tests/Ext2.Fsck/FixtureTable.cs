using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A recipe for every row: parameters (the base volume) and named edits.</summary>
internal static partial class FixtureTable
{
    private const uint FreeInode = 500;
    private const uint Nowhere = 0xFFFFFF;

    public static IReadOnlyList<Fixture> All { get; } = [.. Superblocks, .. Inodes, .. Directories, .. Accounts, .. Marks, .. Copies];

    private static Fixture[] Superblocks =>
    [
        new("SB001", () => BaseVolumes.Groups, v => v.Set16(V.Super(56), 0)),
        new("SB002", () => BaseVolumes.Small, v => v.Set16(V.Super(56), 0)) { StaysDamaged = true },
        new("SB003", () => BaseVolumes.Small, v => v.Truncate(4 << 20)) { StaysDamaged = true },
        new("SB004", () => BaseVolumes.Small, v => Flag(v, V.Super(96), 0x40)) { StaysDamaged = true },
        new("SB005", () => BaseVolumes.Small, v => v.Set32(V.Super(44), 0xF0000000)),
        new("SB006", () => BaseVolumes.Small, v => v.Set32(V.Super(48), 0xF0000000)),
        new("SB007", () => BaseVolumes.Groups, v => v.Bytes.AsSpan(1024 + 104, 16).Clear()),
        new("SB008", () => BaseVolumes.Small, v => v.Set32(V.Super(224), 8)),
        new("SB009", () => BaseVolumes.Plain, v => Unflag(v, V.Super(92), 0x10)),
        new("SB010", () => BaseVolumes.Groups, v => v.Set32(v.Descriptor(0, 8), Nowhere)),
        new("SB011", () => BaseVolumes.Small, v => v.Set32(v.Descriptor(0, 0), Nowhere)),
        new("SB012", () => BaseVolumes.Small, v => v.Set32(v.Descriptor(0, 4), 1)),
        new("SB013", () => BaseVolumes.Small, v => v.Set32(v.Descriptor(0, 8), Nowhere)),
        new("SB014", () => BaseVolumes.Small, v => MakeOrphan(v, "nothing", 0)),
        new("SB015", () => BaseVolumes.Small, v =>
        {
            uint inode = v.Lookup("middle");
            v.Set32(V.Super(232), inode);
            v.Set32(v.Inode(inode, V.Size), 5000);
        }),
        new("SB016", () => BaseVolumes.Small, v => v.Set32(V.Super(232), 3)),
        new("SB017", () => BaseVolumes.Groups, v => v.SetPointer(7, 13, 0)),
        new("SB018", () => BaseVolumes.Plain, v => Unflag(v, V.Super(92), 0x10)),
        new("SB019", () => BaseVolumes.Groups, v => v.Set32(v.At(8193) + 96, 2)),
        new("SB020", () => BaseVolumes.Small, v => v.Set16(v.Descriptor(0, 18), 3)),
        new("SB021", () => BaseVolumes.Small, v => v.Set16(V.Super(254), 0x5B00)),
        new("SB022", () => BaseVolumes.Small, v => v.Set32(V.Super(8), 5000)),
        new("SB023", () => BaseVolumes.Groups, v => Flag(v, V.Super(96), 0x10)),
        new("SB024", () => BaseVolumes.Small, v => v.Set32(v.Descriptor(0, 8), v.U32(v.Descriptor(0, 8)) + 4)),
        new("SB025", () => BaseVolumes.Small, v => v.Set32(V.Super(36), 512)),
        new("SB027", () => BaseVolumes.Small, v => v.Set32(V.Super(40), 45)),
        new("SB026", () => BaseVolumes.Small, v => v.Set32(V.Super(76), 0)),
    ];

    private static Fixture[] Accounts =>
    [
        new("A001", () => BaseVolumes.Small, v => Flag(v, v.At(v.U32(v.Descriptor(0, 0))) + 200, 0xFF00FF)),
        new("A002", () => BaseVolumes.Small, v => Unflag(v, v.At(v.U32(v.Descriptor(0, 4))) + 4, 0xFF)),
        new("A003", () => BaseVolumes.Small, v => v.Set8(v.At(v.U32(v.Descriptor(0, 0))) + 1023, 0)),
        new("A004", () => BaseVolumes.Small, v => v.Set8(v.At(v.U32(v.Descriptor(0, 4))) + 1023, 0x7F)),
        new("A005", () => BaseVolumes.Groups, v => v.Set16(v.Descriptor(1, 12), 7)),
        new("A006", () => BaseVolumes.Groups, v => v.Set16(v.Descriptor(1, 14), 7)),
        new("A007", () => BaseVolumes.Groups, v => v.Set16(v.Descriptor(0, 16), 77)),
        new("A008", () => BaseVolumes.Small, v => v.Set32(V.Super(12), 7)),
        new("A009", () => BaseVolumes.Small, v => v.Set32(V.Super(16), 7)),
    ];

    private static Fixture[] Marks =>
    [
        new("U001", () => BaseVolumes.Groups, v => Unflag(v, V.Super(96), 0x820)),
        new("U002", () => BaseVolumes.Groups, v => Unflag(v, V.Super(96), 0x800)),
        new("U003", () => BaseVolumes.Small, v => RemoveMarks(v)) { IsRemark = true },
        new("U004", () => BaseVolumes.Small, v => v.Set32(v.Entry(v.Lookup("union"), "gone"), v.Lookup("small"))),
        new("U005", () => BaseVolumes.Small, v => v.Set32(v.Entry(v.Lookup("union"), "gone"), FreeInode)),
        new("U006", () => BaseVolumes.Small, v => v.AddRecord(v.Lookup("union"), "kept", 0, 8)),
        new("U007", () => BaseVolumes.Small, v => v.AddRecord(v.Lookup("union"), "gone", 0, 9)),
        new("U008", () => BaseVolumes.Small, v => v.AddRecord(v.Lookup("union"), "..", 0, 8)),
        new("U009", () => BaseVolumes.Small, v => v.AddRecord(v.Lookup("union"), "a/b", 0, 9)),
        new("U010", () => BaseVolumes.Small, v => v.AddRecord(v.Lookup("union"), "strange", 0, 77)),
        new("U011", () => BaseVolumes.Small, v => Flag(v, v.Inode(v.Lookup("small"), V.Flags), 0x04000000)),
    ];

    private static void Flag(V volume, long at, uint bits) => volume.Set32(at, volume.U32(at) | bits);

    private static void Unflag(V volume, long at, uint bits) => volume.Set32(at, volume.U32(at) & ~bits);

    private static void Remove(V volume, uint directory, string name)
    {
        long entry = volume.Entry(directory, name);
        volume.Set32(entry, 0);
        volume.Set8(entry + 7, 0);
    }

    private static void MakeOrphan(V volume, string name, uint next)
    {
        uint inode = volume.Lookup(name);
        Remove(volume, 2, name);
        volume.Set16(volume.Inode(inode, V.Links), 0);
        volume.Set32(volume.Inode(inode, V.DeletionTime), next);
        volume.Set32(V.Super(232), inode);
    }

    private static void RemoveMarks(V volume)
    {
        Remove(volume, volume.Lookup("union"), "gone");
        Remove(volume, volume.Lookup("union"), "below");
        Remove(volume, 2, "gone-too");
        Remove(volume, volume.Lookup("a/b"), "deep");
        Unflag(volume, volume.Inode(volume.Lookup("union/merged"), V.Flags), 0x0C000000);
    }
}
