using System.Buffers.Binary;
using V = Ext2Union.Ext2.Fsck.Tests.VolumeImage;

namespace Ext2Union.Ext2.Fsck.Tests;

internal static partial class FixtureTable
{
    private const string Record = "ext2u.copy";

    private static Fixture[] Copies =>
    [
        new("U012", () => BaseVolumes.Copies, v =>
        {
            Remove(v, v.Lookup("union"), "below");
            Remove(v, v.Lookup("a/b"), "deep");
            Unflag(v, V.Super(96), 0x800);
        }),
        new("U013", () => BaseVolumes.Copies, v => v.EditAttribute(v.Lookup("copies/whole"), Record, value => value[1] = 0x10)),
        new("U014", () => BaseVolumes.Copies, v => v.EditAttribute(v.Lookup("copies/whole"), Record, value => value[2] = 0)),
        new("U015", () => BaseVolumes.Copies, v => v.EditAttribute(v.Lookup("copies/owed"), Record, value => value[2] = 0)),
        new("U016", () => BaseVolumes.Copies,
            v => v.EditAttribute(v.Lookup("copies/owed"), Record, value => BinaryPrimitives.WriteInt64LittleEndian(value[20..], 45000))),
        new("U017", () => BaseVolumes.Copies, v => v.EditAttribute(v.Lookup("copies"), Record, value => value[1] = 1)),
        new("U018", () => BaseVolumes.Copies, v => v.EditAttribute(v.Lookup("copies/whole"), Record, value => value[2] = 7)),
        new("U019", () => BaseVolumes.Copies, v => v.EditAttribute(2, "ext2u.lowers", value => value[22] = 1)),
        new("U020", () => BaseVolumes.Copies, v =>
        {
            v.Set32(v.Entry(2, CopiedTree.Index), v.Lookup("middle"));
            v.Set8(v.Entry(2, CopiedTree.Index) + 7, 1);
        }),
        new("U021", () => BaseVolumes.Copies, v => Remove(v, 2, CopiedTree.Index)),
        new("U022", () => BaseVolumes.Copies, v => v.AddRecord(v.Lookup(CopiedTree.Index), "stranger", v.Lookup("small"), 1)),
        new("U023", () => BaseVolumes.Copies, v => v.AddRecord(v.Lookup(CopiedTree.Index), "gone", 0, 8)),
        new("U024", () => BaseVolumes.Copies, v => v.SetName(Key(v, CopiedTree.LinkedKey), "0001-00000000000000aa")),
        new("U025", () => BaseVolumes.SmallCopies, v => v.EditAttribute(v.Lookup("copies/linked"), Record, value => value[1] = value[16] = 0)),
        new("U026", () => BaseVolumes.Copies, v => Remove(v, v.Lookup(CopiedTree.Index), CopiedTree.BelowKey)),
        new("U027", () => BaseVolumes.SmallCopies, v => v.EditAttribute(v.Lookup("copies/whole"), Record, value => (value[1], value[8]) = (1, 0x20))),
        new("U028", () => BaseVolumes.SmallCopies, v => v.EditAttribute(Below(v), Record, value => value[16] = 0)),
        new("U029", () => BaseVolumes.SmallCopies, v => v.EditAttribute(v.Lookup("copies/whole"), Record, value => value[2] = 7)) { StaysDamaged = true },
    ];

    private static long Key(V volume, string key) => volume.Entry(volume.Lookup(CopiedTree.Index), key);

    private static uint Below(V volume) => volume.U32(Key(volume, CopiedTree.BelowKey));
}
