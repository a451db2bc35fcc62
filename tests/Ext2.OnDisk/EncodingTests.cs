using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Tests;

public class EncodingTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 999_999_999)]
    [InlineData(int.MinValue, 1)]
    [InlineData(int.MaxValue, 5)]
    [InlineData(1L << 31, 7)]
    [InlineData((1L << 32) + 17, 7)]
    [InlineData(InodeTime.MaximumExtra, 7)]
    public void TimesWithAnExtraWordSurvive(long seconds, uint nanoseconds)
    {
        var time = new Timestamp(seconds, nanoseconds);
        Assert.Equal(time, InodeTime.Read(InodeTime.SecondsWord(time, true), InodeTime.ExtraWord(time)));
    }

    [Fact]
    public void EpochBitsAreThoseOfTheKernelsTable()
    {
        // Documentation/filesystems/ext4: 0x080000000..0x0ffffffff are written as epoch 1 with a negative word.
        var time = new Timestamp(0x80000000, 0);
        Assert.Equal(0x80000000u, InodeTime.SecondsWord(time, true));
        Assert.Equal(1u, InodeTime.ExtraWord(time));
        Assert.Equal(0u, InodeTime.ExtraWord(new Timestamp(-1, 0)));
    }

    [Fact]
    public void TimesOutOfRangeBecomeTheNearest()
    {
        Assert.Equal(int.MaxValue, InodeTime.Read(InodeTime.SecondsWord(new Timestamp(1L << 40, 0), false)).Seconds);
        Assert.Equal(int.MinValue, InodeTime.Read(InodeTime.SecondsWord(new Timestamp(-(1L << 40), 0), false)).Seconds);
    }

    [Theory]
    [InlineData(8, 1, 0x801, 0)]
    [InlineData(255, 255, 0xFFFF, 0)]
    [InlineData(256, 0, 0, 0x10000)]
    [InlineData(8, 256, 0, 0x100800)]
    [InlineData(4095, 1048575, 0, 0xFFFFFFFF)]
    public void DeviceNumbersHaveTheKernelsForms(uint major, uint minor, uint word0, uint word1)
    {
        var inode = default(RawInode);
        DeviceEncoding.Write(ref inode, new DeviceNumber(major, minor));
        Assert.Equal(word0, inode.Block[0].Value);
        Assert.Equal(word1, inode.Block[1].Value);
        Assert.Equal(new DeviceNumber(major, minor), DeviceEncoding.Read(inode));
    }

    [Fact]
    public void FieldsBeyondTheExtraSizeAreNotTouched()
    {
        byte[] bytes = new byte[256];
        var view = new InodeView(bytes);
        view.Initialize();
        view.Raw.Mode = 0x81A4;
        bytes[128] = 8; // i_extra_isize ends behind i_ctime_extra
        Array.Fill(bytes, (byte)0xEE, 136, 120);
        var time = new Timestamp(1_700_000_000, 123);
        view.ChangeTime = time;
        view.ModifyTime = time;
        view.AccessTime = time;
        view.BirthTime = time;
        Assert.Equal(time, view.ChangeTime);
        Assert.Equal(new Timestamp(1_700_000_000, 0), view.ModifyTime);
        Assert.Equal(default, view.BirthTime);
        Assert.All(bytes[136..], b => Assert.Equal(0xEE, b));
        Assert.Equal(136, view.AttributesOffset);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(30)]
    [InlineData(132)]
    [InlineData(0xFFFF)]
    public void AnAbsurdExtraSizeIsNoSize(int stored)
    {
        byte[] bytes = new byte[256];
        bytes[128] = (byte)stored;
        bytes[129] = (byte)(stored >> 8);
        Assert.Equal(0, new InodeView(bytes).ExtraSize);
        Assert.Equal(256, new InodeView(bytes).AttributesOffset);
    }

    [Fact]
    public void OwnersAndSizesUseBothHalves()
    {
        byte[] bytes = new byte[128];
        var view = new InodeView(bytes) { UserId = 0x12345678, GroupId = 0x9ABCDEF0 };
        view.Raw.Mode = 0x8000;
        view.Size = 0x1_2345_6789;
        Assert.Equal(0x12345678u, view.UserId);
        Assert.Equal(0x9ABCDEF0u, view.GroupId);
        Assert.Equal(0x1_2345_6789, view.Size);
        view.Raw.Mode = 0x4000;
        Assert.Equal(0x2345_6789, view.Size);
    }

    [Theory]
    [InlineData("whiteout", 0u, 0x20u, 0u)]
    [InlineData("fallthru", 0u, 0x800u, 0u)]
    [InlineData("extents", 0u, 0x40u, 0u)]
    [InlineData("dir_index", 0x20u, 0u, 0u)]
    [InlineData("metadata_csum", 0u, 0u, 0x400u)]
    public void FeaturesAreFoundByName(string name, uint compat, uint incompat, uint roCompat)
    {
        Assert.True(FeatureNames.TryParse(name, out var c, out var i, out var r));
        Assert.Equal((compat, incompat, roCompat), ((uint)c, (uint)i, (uint)r));
        Assert.False(FeatureNames.TryParse("nonsense", out _, out _, out _));
    }

    [Fact]
    public void UnknownFeaturesAreNumberedAsE2fsprogsDoes()
    {
        Assert.Equal("filetype, FEATURE_I31", FeatureNames.Of(IncompatFeatures.FileType | (IncompatFeatures)0x80000000));
        Assert.Equal("FEATURE_C7", FeatureNames.Of((CompatFeatures)0x80));
    }
}
