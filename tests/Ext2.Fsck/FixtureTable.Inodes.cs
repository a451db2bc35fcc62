using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

internal static partial class FixtureTable
{
    private static Fixture[] Inodes =>
    [
        new("I001", () => BaseVolumes.Small, v => v.Set16(v.Inode(2, V.Mode), 0x81A4)),
        new("I002", () => BaseVolumes.Small, v => v.Set32(v.Inode(2, V.DeletionTime), 0x50000000)),
        new("I003", () => BaseVolumes.Small, v => v.Set16(v.Inode(8, V.Links), 1)),
        new("I004", () => BaseVolumes.Small, v => v.Set16(v.Inode(FreeInode, V.Mode), 0x81A4)),
        new("I005", () => BaseVolumes.Small, v => v.Set32(v.Inode(v.Lookup("small"), V.DeletionTime), 0x50000000)),
        new("I006", () => BaseVolumes.Small, v => v.Set16(v.Inode(v.Lookup("a"), V.Mode), 0x01ED)),
        new("I007", () => BaseVolumes.Small, v => v.Set16(v.Inode(v.Lookup("small"), V.Mode), 0x01ED)),
        new("I008", () => BaseVolumes.Small, v => v.Set32(v.Inode(v.Lookup("pipe"), V.Size), 5)),
        new("I009", () => BaseVolumes.Small, v => Flag(v, v.Inode(v.Lookup("pipe"), V.Flags), 0x10)),
        new("I010", () => BaseVolumes.Small, v => v.Set32(v.Inode(v.Lookup("fast"), V.Size), 3)),
        new("I011", () => BaseVolumes.Small, v => v.Set32(v.Inode(v.Lookup("small"), V.Fragment), 5)),
        new("I012", () => BaseVolumes.Small, v => v.Set16(v.Inode(v.Lookup("small"), 116), 5)),
        new("I013", () => BaseVolumes.Groups, v => v.Set16(v.Inode(v.Lookup("small"), 128), 3)),
        new("I014", () => BaseVolumes.Groups, v => v.Set32(v.Inode(v.Lookup("small"), 128 + 32 + 4 + 8), 0xFFFF)),
        new("I015", () => BaseVolumes.Small, v => v.Set32(v.Inode(v.Lookup("named"), V.FileAcl), Nowhere)),
        new("I016", () => BaseVolumes.Small, v => v.Set32(v.At(v.U32(v.Inode(v.Lookup("named"), V.FileAcl))), 0)),
        new("I017", () => BaseVolumes.Small, v => v.Set32(v.At(v.U32(v.Inode(v.Lookup("named"), V.FileAcl))) + 4, 7)),
        new("I018", () => BaseVolumes.Small, v => Flag(v, v.Inode(v.Lookup("small"), V.Flags), 0x40000)),
        new("I019", () => BaseVolumes.Small, v =>
        {
            uint inode = v.Lookup("large");
            Flag(v, v.Inode(inode, V.Flags), 0x80000);
            v.SetPointer(inode, 0, 0x0001F30A);
        }),
        new("I020", () => BaseVolumes.Small, v => v.SetPointer(v.Lookup("middle"), 3, Nowhere)),
        new("I021", () => BaseVolumes.Small, v => v.Bytes.AsSpan((int)v.At(v.Pointer(v.Lookup("large"), 12)), 200).Fill(0xEE)),
        new("I022", () => BaseVolumes.Small, v => v.SetPointer(v.Lookup("large"), 13, v.Pointer(v.Lookup("large"), 12))),
        new("I023", () => BaseVolumes.Small, v => v.SetPointer(v.Lookup("large"), 12, v.U32(v.Descriptor(0, 0)))),
        new("I024", () => BaseVolumes.Pages, PutFarAway),
        new("I025", () => BaseVolumes.Small, v => v.Set32(v.Inode(v.Lookup("middle"), V.Size), 5)),
        new("I026", () => BaseVolumes.Small, v => v.Set32(v.Inode(v.Lookup("middle"), V.Blocks512), 9999)),
        new("I027", () => BaseVolumes.Small, v =>
        {
            v.SetPointer(v.Lookup("empty"), 0, 0);
            v.Set32(v.Inode(v.Lookup("empty"), V.Size), 0);
        }),
        new("I028", () => BaseVolumes.Small, v => Flag(v, v.Inode(v.Lookup("small"), V.Flags), 0x1000)),
        new("I029", () => BaseVolumes.Small, v =>
        {
            v.Set32(v.Inode(v.Lookup("sparse"), V.SizeHigh), 1);
            Unflag(v, V.Super(100), 2);
        }),
        new("I030", () => BaseVolumes.Small, v => v.SetPointer(1, 0, Nowhere)),
        new("I031", () => BaseVolumes.Small, v => v.Set16(v.Inode(1, V.Mode), 5)),
        new("I032", () => BaseVolumes.Small, v => v.Set32(v.Inode(FreeInode, V.DeletionTime), 5)),
        new("I033", () => BaseVolumes.Small, v => v.Bytes.AsSpan((int)v.Inode(v.Lookup("pipe"), V.Block), 60).Fill(0xEE)),
        new("I034", () => BaseVolumes.Small, v => Unflag(v, V.Super(92), 8)),
        new("I035", () => BaseVolumes.Groups, v =>
        {
            v.Set32(v.Inode(v.Lookup("middle"), 16), 0x90000000);
            Flag(v, v.Inode(v.Lookup("middle"), 136), 3);
        }),
        new("I036", () => BaseVolumes.Small, v =>
        {
            v.Set16(v.Inode(FreeInode, V.Mode), 0x81A4);
            v.Set32(v.Inode(FreeInode, V.DeletionTime), 0x50000000);
            Flag(v, v.Inode(FreeInode, V.Flags), 0x80000);
        }),
        new("B001", () => BaseVolumes.Small, v => v.SetPointer(v.Lookup("middle"), 0, v.Pointer(v.Lookup("large"), 0))),
        new("B002", () => BaseVolumes.Small, v => v.SetPointer(v.Lookup("middle"), 0, v.Pointer(v.Lookup("large"), 0)))
        {
            Refused = "Give it copies",
        },
    ];

    // A block behind the largest size that i_blocks can count: slot 600 of the triple indirect tree.
    private static void PutFarAway(V volume)
    {
        uint inode = volume.Lookup("large");
        uint free = volume.BlockCount - 10;
        volume.SetPointer(inode, 14, free);
        volume.Set32(volume.At(free) + (4 * 600), free + 1);
        volume.Set32(volume.At(free + 1), free + 2);
        volume.Set32(volume.At(free + 2), free + 3);
    }
}
