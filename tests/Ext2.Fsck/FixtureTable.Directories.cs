using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

internal static partial class FixtureTable
{
    private static Fixture[] Directories =>
    [
        new("D001", () => BaseVolumes.Small, v => v.SetPointer(v.Lookup("many"), 2, 0)),
        new("D002", () => BaseVolumes.Small, v => v.Set16(v.Entry(2, "small") + 4, 3)),
        new("D003", () => BaseVolumes.Small, v => v.Set8(FirstBlock(v, "a") + 8, (byte)'x')),
        new("D004", () => BaseVolumes.Small, v => v.Set32(FirstBlock(v, "a"), v.Lookup("many"))),
        new("D005", () => BaseVolumes.Small, v => v.Set16(FirstBlock(v, "a") + 4, 24)),
        new("D006", () => BaseVolumes.Small, v => v.Set8(FirstBlock(v, "a") + 20, (byte)'x')),
        new("D007", () => BaseVolumes.Small, v => v.Set32(v.Entry(2, "small"), 9999)),
        new("D008", () => BaseVolumes.Small, v => v.Set32(v.Entry(2, "small"), FreeInode)),
        new("D009", () => BaseVolumes.Small, v => v.SetName(v.Entry(2, "a"), ".")),
        new("D010", () => BaseVolumes.Small, v => v.Set32(v.Entry(2, "small"), 2)),
        new("D011", () => BaseVolumes.Small, v => v.SetName(v.Entry(2, "small"), "sm/ll")),
        new("D012", () => BaseVolumes.Small, v => v.Set8(v.Entry(2, "small") + 6, 0)),
        new("D013", () => BaseVolumes.Small, v => v.Set8(v.Entry(2, "small") + 7, 2)),
        new("D014", () => BaseVolumes.Plain, v => Unflag(v, V.Super(96), 2)),
        new("D015", () => BaseVolumes.Small, v => v.Set32(v.Entry(v.Lookup("union"), "other"), v.Lookup("a"))),
        new("D016", () => BaseVolumes.Small, v => v.SetName(v.Entry(2, "small"), "named")),
        new("D017", () => BaseVolumes.Small, v => v.Set32(FirstBlock(v, "many") + 36, Nowhere)),
        new("D018", () => BaseVolumes.Small, v => v.Set8(FirstBlock(v, "a") + 22, (byte)'x')),
        new("D019", () => BaseVolumes.Small, v =>
        {
            long block = FirstBlock(v, "empty");
            v.Bytes.AsSpan((int)block, v.BlockBytes).Clear();
            v.Set16(block + 4, (uint)v.BlockBytes);
        }),
        new("D020", () => BaseVolumes.Small, v => v.AddRecord(v.Lookup("union"), "kept", v.Lookup("union/kept"), 1)),
        new("C001", () => BaseVolumes.Small, v => v.Set16(v.Inode(2, V.Mode), 0x81A4)),
        new("C002", () => BaseVolumes.Small, v => Remove(v, 2, "lost+found")),
        new("C003", () => BaseVolumes.Small, v =>
        {
            v.Set32(v.Entry(2, "lost+found"), v.Lookup("middle"));
            v.Set8(v.Entry(2, "lost+found") + 7, 1);
        }),
        new("C004", () => BaseVolumes.Small, v => Remove(v, 2, "a")),
        new("C005", () => BaseVolumes.Small, v => v.Set32(FirstBlock(v, "a/b") + 12, 2)),
        new("C006", () => BaseVolumes.Small, v =>
        {
            v.AddRecord(v.Lookup("lost+found"), "kept", 0, 8);
            Remove(v, 2, "lost+found");
            FillUp(v);
        })
        {
            StaysDamaged = true,
        },
        new("C007", () => BaseVolumes.Small, v =>
        {
            FillUp(v);
            v.SetPointer(v.Lookup("many"), 2, 0);
        })
        {
            StaysDamaged = true,
        },
        new("C008", () => BaseVolumes.Small, v => Remove(v, 2, "empty")),
        new("L001", () => BaseVolumes.Small, v => Remove(v, 2, "nothing")),
        new("L002", () => BaseVolumes.Small, v => Remove(v, 2, "small")),
        new("L003", () => BaseVolumes.Small, v => v.Set16(v.Inode(v.Lookup("small"), V.Links), 5)),
    ];

    private static long FirstBlock(V volume, string path) => volume.At(volume.Pointer(volume.Lookup(path), 0));

    // All free blocks become bad blocks: direct, single and double indirect, as the format maps them.
    private static void FillUp(V volume)
    {
        long bitmap = volume.At(volume.U32(volume.Descriptor(0, 0)));
        var free = new Queue<uint>();
        for (uint bit = 0; bit < volume.BlockCount - volume.FirstDataBlock; bit++)
        {
            if ((volume.U8(bitmap + (bit >> 3)) >> (int)(bit & 7) & 1) == 0)
            {
                free.Enqueue(volume.FirstDataBlock + bit);
            }
        }
        uint perBlock = (uint)volume.BlockBytes / 4;
        for (int slot = 0; slot < 12 && free.TryDequeue(out uint block); slot++)
        {
            volume.SetPointer(1, slot, block);
        }
        if (free.TryDequeue(out uint single))
        {
            volume.SetPointer(1, 12, single);
            FillBlock(single);
        }
        if (free.TryDequeue(out uint top))
        {
            volume.SetPointer(1, 13, top);
            for (uint i = 0; i < perBlock && free.TryDequeue(out uint below); i++)
            {
                volume.Set32(volume.At(top) + (4 * i), below);
                FillBlock(below);
            }
        }

        void FillBlock(uint holder)
        {
            volume.Bytes.AsSpan((int)volume.At(holder), volume.BlockBytes).Clear();
            for (uint i = 0; i < perBlock && free.TryDequeue(out uint block); i++)
            {
                volume.Set32(volume.At(holder) + (4 * i), block);
            }
        }
    }
}
