using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Tests.Unions;

public sealed class CopyRecordTests
{
    private static readonly CopySource Incomplete = new()
    {
        Layer = 0x1234,
        Inode = 0x1122_3344_5566_7788,
        Generation = 0xCAFE_BABE,
        LowerNames = 3,
        IsIndexed = true,
        Remainder = 0x1_0000_0001,
        Size = 0x2_0000_0002,
        ModifyTime = new Timestamp(-5, 999_999_999),
        ChangeTime = new Timestamp(1_800_000_000, 7),
    };

    private static readonly CopySource Complete = new() { Layer = 1, Inode = 12, Generation = 9 };

    [Fact]
    public void Every_field_stands_where_the_page_says()
    {
        byte[] value = new byte[100];
        Assert.Equal(62, CopyRecord.Write(Incomplete, "ab"u8, value));
        string expected = "01" + "03" + "3412" + "BEBAFECA" + "8877665544332211" + "03000000"
            + "0100000001000000" + "0200000002000000"
            + "FBFFFFFFFFFFFFFF" + "00D2496B00000000" + "FFC99A3B" + "07000000" + "6162";
        Assert.Equal(expected, Convert.ToHexString(value.AsSpan(0, 62)));
        Assert.Equal(20, CopyRecord.Write(Complete, [], value));
        Assert.Equal("01" + "00" + "0100" + "09000000" + "0C00000000000000" + "00000000", Convert.ToHexString(value.AsSpan(0, 20)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("usr/share/...x/.hidden")]
    public void What_is_written_is_read(string path)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(path);
        foreach (CopySource source in (CopySource[])[Incomplete, Complete])
        {
            byte[] value = new byte[CopyRecord.BytesOf(source, bytes.Length)];
            Assert.Equal(value.Length, CopyRecord.Write(source, bytes, value));
            Assert.Equal(CopyRecordFault.None, CopyRecord.Read(value, out CopySource read, out ReadOnlySpan<byte> readPath));
            Assert.Equal(source, read);
            Assert.Equal(bytes, readPath.ToArray());
        }
    }

    [Fact]
    public void An_incomplete_copys_record_fits_an_inode_of_256_bytes_and_one_byte_more_does_not()
    {
        byte[] rest = new byte[256 - 128 - 32];
        XattrBuilder builder = new(rest, XattrLayout.Inode);
        byte[] value = new byte[CopyRecord.IncompleteBytes];
        Assert.Equal(value.Length, CopyRecord.Write(Incomplete, [], value));
        Assert.True(builder.TryAdd(XattrName.Copy, value));
        builder = new XattrBuilder(rest, XattrLayout.Inode);
        Assert.False(builder.TryAdd(XattrName.Copy, new byte[value.Length + 1]));
    }

    [Theory]
    [InlineData(CopyRecordFault.Version, 0, 2)]
    [InlineData(CopyRecordFault.Flags, 1, 7)]
    [InlineData(CopyRecordFault.Layer, 3, 0x7F)]
    [InlineData(CopyRecordFault.Layer, 3, 0xFF)]
    [InlineData(CopyRecordFault.LowerNames, 1, 2)]
    [InlineData(CopyRecordFault.Remainder, 27, 0x80)]
    [InlineData(CopyRecordFault.Remainder, 24, 3)]
    [InlineData(CopyRecordFault.SourceSize, 35, 0x80)]
    [InlineData(CopyRecordFault.Time, 55, 0xFF)]
    [InlineData(CopyRecordFault.Time, 59, 0x3C)]
    [InlineData(CopyRecordFault.Path, 60, '/')]
    [InlineData(CopyRecordFault.Path, 61, '/')]
    [InlineData(CopyRecordFault.Path, 61, 0)]
    public void A_wrong_byte_is_named(CopyRecordFault fault, int at, int wrong)
    {
        byte[] value = new byte[62];
        CopySource source = Incomplete;
        source.Layer = at == 3 && wrong == 0x7F ? (ushort)0x12FF : source.Layer;
        _ = CopyRecord.Write(source, "ab"u8, value);
        value[at] = (byte)wrong;
        Assert.Equal(fault, CopyRecord.Read(value, out _, out _));
    }

    [Fact]
    public void What_no_byte_alone_makes_wrong_is_named_too()
    {
        CopySource none = Incomplete with { Layer = 0 };
        Assert.Equal(CopyRecordFault.Layer, Again(none, ""));
        Assert.Equal(CopyRecordFault.SourceInode, Again(Incomplete with { Inode = 0 }, ""));
        Assert.Equal(CopyRecordFault.Remainder, Again(Incomplete with { Size = Incomplete.Remainder - 1 }, ""));
        Assert.Equal(CopyRecordFault.None, Again(Incomplete with { Size = Incomplete.Remainder }, ""));
        Assert.Equal(CopyRecordFault.Path, Again(Incomplete, "a//b"));
        Assert.Equal(CopyRecordFault.Path, Again(Incomplete, "a/../b"));
        Assert.Equal(CopyRecordFault.Path, Again(Incomplete, "./b"));
        Assert.Equal(CopyRecordFault.Path, Again(Complete, new string('x', 4096)));
        Assert.Equal(CopyRecordFault.None, Again(Complete, new string('x', 4095)));
        byte[] zero = new byte[60];
        _ = CopyRecord.Write(Incomplete, [], zero);
        zero.AsSpan(20, 8).Clear();
        Assert.Equal(CopyRecordFault.Remainder, CopyRecord.Read(zero, out _, out _));
        static CopyRecordFault Again(CopySource source, string path)
        {
            byte[] value = new byte[CopyRecord.MaximumBytes + 1];
            int length = CopyRecord.Write(source, System.Text.Encoding.UTF8.GetBytes(path), value);
            CopyRecordFault fault = CopyRecord.Read(value.AsSpan(0, length), out _, out ReadOnlySpan<byte> read);
            Assert.Equal(fault, CopyRecord.FaultOf(source, fault is CopyRecordFault.None or CopyRecordFault.Path ? read : []));
            return fault;
        }
    }

    [Fact]
    public void A_record_that_is_cut_short_is_refused_at_every_length()
    {
        byte[] value = new byte[60];
        _ = CopyRecord.Write(Incomplete, [], value);
        for (int length = 0; length < value.Length; length++)
        {
            Assert.Equal(CopyRecordFault.Length, CopyRecord.Read(value.AsSpan(0, length), out _, out _));
        }
    }

    [Fact]
    public void A_record_is_held_against_its_inode()
    {
        Assert.Equal(CopyRecordFault.None, CopyRecord.FaultFor(Incomplete, InodeKind.File, Incomplete.Remainder));
        Assert.Equal(CopyRecordFault.RemainderBeyondEnd, CopyRecord.FaultFor(Incomplete, InodeKind.File, Incomplete.Remainder - 1));
        Assert.Equal(CopyRecordFault.IncompleteKind, CopyRecord.FaultFor(Incomplete, InodeKind.Symlink, long.MaxValue));
        Assert.Equal(CopyRecordFault.IndexedKind, CopyRecord.FaultFor(Complete with { IsIndexed = true }, InodeKind.Directory, 4096));
        Assert.Equal(CopyRecordFault.None, CopyRecord.FaultFor(Complete, InodeKind.Directory, 0));
    }

    [Fact]
    public void Damage_of_any_kind_is_found_or_read_as_something_sound()
    {
        const int Seed = 20260101;
        var random = new Random(Seed);
        byte[] value = new byte[80];
        for (int i = 0; i < 20_000; i++)
        {
            int length = CopyRecord.Write(Incomplete, "some/path"u8, value);
            for (int changes = random.Next(1, 4); changes > 0; changes--)
            {
                value[random.Next(length)] = (byte)random.Next(256);
            }

            CopyRecordFault fault = CopyRecord.Read(value.AsSpan(0, random.Next(length + 1)), out CopySource source, out ReadOnlySpan<byte> path);
            Assert.True(fault != CopyRecordFault.None || CopyRecord.FaultOf(source, path) == CopyRecordFault.None, $"seed {Seed}, step {i}");
        }
    }
}
