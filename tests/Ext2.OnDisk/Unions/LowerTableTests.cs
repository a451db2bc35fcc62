using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Tests.Unions;

public sealed class LowerTableTests
{
    private static readonly RememberedLower Volume = new(1, new LayerIdentity(LayerKind.Ext2, [.. Enumerable.Range(1, 16).Select(i => (byte)i)], ""), true);
    private static readonly RememberedLower Host = new(32766, new LayerIdentity(LayerKind.HostDirectory, [.. Enumerable.Range(100, 28).Select(i => (byte)i)], ""), false);
    private static readonly RememberedLower Part = new(2, new LayerIdentity(LayerKind.Ext2, [.. Volume.Identity.Value, 9, 0, 0, 0], ""), true);

    [Fact]
    public void A_table_is_written_and_read()
    {
        RememberedLower[] lowers = [Volume, Host, Part];
        byte[] value = TableOf(lowers);
        Assert.Equal("01" + "0100" + "01" + "01" + "10" + "0102030405060708090A0B0C0D0E0F10" + "FE7F" + "02" + "00" + "1C", Convert.ToHexString(value.AsSpan(0, 27)));
        List<RememberedLower> read = [];
        Assert.Equal(LowerTableFault.None, LowerTable.Read(value, read));
        Assert.Equal(lowers, read);
        Assert.Equal("ext2 volume 01020304-0506-0708-090a-0b0c0d0e0f10", read[0].Identity.Text);
        Assert.Contains("inode number 9 of ext2 volume 0102", read[2].Identity.Text, StringComparison.Ordinal);
        read.Clear();
        Assert.Equal(LowerTableFault.None, LowerTable.Read(TableOf([]), read));
        Assert.Empty(read);
    }

    [Fact]
    public void What_cannot_be_stored_has_no_length()
    {
        Assert.Equal(0, LowerTable.BytesOf([Volume with { Number = 0 }]));
        Assert.Equal(0, LowerTable.BytesOf([Volume with { Number = 32767 }]));
        Assert.Equal(0, LowerTable.BytesOf([Volume with { Identity = new LayerIdentity(LayerKind.Ext2, new byte[17], "") }]));
    }

    [Theory]
    [InlineData(LowerTableFault.Version, 0, 0)]
    [InlineData(LowerTableFault.Number, 1, 0)]
    [InlineData(LowerTableFault.Number, 2, 0x80)]
    [InlineData(LowerTableFault.SameNumber, 22, 1)]
    [InlineData(LowerTableFault.Kind, 3, 3)]
    [InlineData(LowerTableFault.Flags, 4, 2)]
    [InlineData(LowerTableFault.Identity, 5, 15)]
    [InlineData(LowerTableFault.Length, 26, 255)]
    public void A_wrong_byte_is_named(LowerTableFault fault, int at, int wrong)
    {
        byte[] value = TableOf([Volume, Part]);
        value[at] = (byte)wrong;
        Assert.Equal(fault, LowerTable.Read(value, []));
    }

    [Fact]
    public void A_table_that_is_cut_short_is_refused_where_no_row_ends()
    {
        byte[] value = TableOf([Volume, Part, Host]);
        for (int length = 0; length < value.Length; length++)
        {
            LowerTableFault fault = LowerTable.Read(value.AsSpan(0, length), []);
            Assert.Equal(length is 1 or 22 or 47 ? LowerTableFault.None : LowerTableFault.Length, fault);
        }
    }

    [Fact]
    public void A_volume_is_known_by_label_and_uuid()
    {
        var superblock = default(Superblock);
        "data\"\u0001"u8.CopyTo(superblock.VolumeName);
        LayerIdentity whole = LayerIdentities.Of(superblock, InodeNumber.Root);
        LayerIdentity part = LayerIdentities.Of(superblock, new InodeNumber(77));
        Assert.Equal((16, 20), (whole.Value.Length, part.Value.Length));
        Assert.NotEqual(whole, part);
        Assert.Equal("ext2 volume \"data??\" 00000000-0000-0000-0000-000000000000", whole.Text);
        Assert.StartsWith("directory with inode number 77 of ext2 volume \"data", part.Text, StringComparison.Ordinal);
    }

    private static byte[] TableOf(RememberedLower[] lowers)
    {
        byte[] value = new byte[LowerTable.BytesOf(lowers)];
        LowerTable.Write(lowers, value);
        return value;
    }
}
