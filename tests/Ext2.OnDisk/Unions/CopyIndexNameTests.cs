using System.Text;
using Ext2Union.Ext2.OnDisk.Unions;

namespace Ext2Union.Ext2.OnDisk.Tests.Unions;

public sealed class CopyIndexNameTests
{
    [Theory]
    [InlineData(1, 12, "0001-000000000000000c")]
    [InlineData(32766, ulong.MaxValue, "7ffe-ffffffffffffffff")]
    [InlineData(0xABC, 0x123456789ABCDEF0, "0abc-123456789abcdef0")]
    public void Names_are_written_and_read(int layer, ulong inode, string name)
    {
        byte[] bytes = new byte[CopyIndexName.Bytes];
        CopyIndexName.Format((ushort)layer, inode, bytes);
        Assert.Equal(name, Encoding.ASCII.GetString(bytes));
        Assert.True(CopyIndexName.TryParse(bytes, out ushort readLayer, out ulong readInode));
        Assert.Equal(((ushort)layer, inode), (readLayer, readInode));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0001-00000000000000c")]
    [InlineData("0001-000000000000000cc")]
    [InlineData("0001-000000000000000C")]
    [InlineData("0001_000000000000000c")]
    [InlineData("0001-0000000-0000000c")]
    [InlineData("+001-000000000000000c")]
    [InlineData("0001-+00000000000000c")]
    [InlineData("000g-000000000000000c")]
    [InlineData("0000-000000000000000c")]
    [InlineData("7fff-000000000000000c")]
    [InlineData("0001-0000000000000000")]
    public void Other_names_are_none(string name) => Assert.False(CopyIndexName.TryParse(Encoding.ASCII.GetBytes(name), out _, out _));
}
