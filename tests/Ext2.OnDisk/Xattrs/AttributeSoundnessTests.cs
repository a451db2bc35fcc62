using System.Buffers.Binary;
using Ext2Union.Ext2.OnDisk.Xattrs;

namespace Ext2Union.Ext2.OnDisk.Tests;

/// <summary>Access control lists have no name but their index: a check that takes them for damage would cost them.</summary>
public sealed class AttributeSoundnessTests
{
    [Theory]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(1, false)]
    [InlineData(7, false)]
    public void OnlyAccessControlListsAreNameless(byte index, bool isSound)
    {
        byte[] area = new byte[64];
        BinaryPrimitives.WriteUInt32LittleEndian(area, 0xEA020000);
        area[5] = index;
        BinaryPrimitives.WriteUInt16LittleEndian(area.AsSpan(6), 56);
        BinaryPrimitives.WriteUInt32LittleEndian(area.AsSpan(12), 4);
        Assert.Equal(isSound, AttributeSoundness.FaultOfInode(area) is null);
    }
}
