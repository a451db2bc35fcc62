using System.Runtime.CompilerServices;
using Ext2Union.Fuse.Protocol;

namespace Ext2Union.Fuse.Tests;

/// <summary>Sizes as linux/fuse.h of protocol 7.45 has them; a reply of another length is refused by the kernel.</summary>
public sealed class WireSizeTests
{
    [Fact]
    public void EveryStructureHasTheSizeOfTheHeader()
    {
        Assert.Equal(40, Unsafe.SizeOf<InHeader>());
        Assert.Equal(16, Unsafe.SizeOf<OutHeader>());
        Assert.Equal(88, Unsafe.SizeOf<NodeAttributes>());
        Assert.Equal(128, Unsafe.SizeOf<EntryOut>());
        Assert.Equal(104, Unsafe.SizeOf<AttributesOut>());
        Assert.Equal(8, Unsafe.SizeOf<ForgetIn>());
        Assert.Equal(16, Unsafe.SizeOf<ForgetOne>());
        Assert.Equal(8, Unsafe.SizeOf<BatchForgetIn>());
        Assert.Equal(24, Unsafe.SizeOf<StatxIn>());
        Assert.Equal(16, Unsafe.SizeOf<StatxTime>());
        Assert.Equal(288, Unsafe.SizeOf<StatxOut>());
        Assert.Equal(88, Unsafe.SizeOf<SetAttributesIn>());
        Assert.Equal(16, Unsafe.SizeOf<MakeNodeIn>());
        Assert.Equal(8, Unsafe.SizeOf<MakeDirectoryIn>());
        Assert.Equal(8, Unsafe.SizeOf<RenameIn>());
        Assert.Equal(16, Unsafe.SizeOf<Rename2In>());
        Assert.Equal(8, Unsafe.SizeOf<LinkIn>());
        Assert.Equal(8, Unsafe.SizeOf<OpenIn>());
        Assert.Equal(16, Unsafe.SizeOf<OpenOut>());
        Assert.Equal(16, Unsafe.SizeOf<CreateIn>());
        Assert.Equal(144, Unsafe.SizeOf<CreateOut>());
        Assert.Equal(24, Unsafe.SizeOf<ReleaseIn>());
        Assert.Equal(40, Unsafe.SizeOf<ReadIn>());
        Assert.Equal(40, Unsafe.SizeOf<WriteIn>());
        Assert.Equal(8, Unsafe.SizeOf<WriteOut>());
        Assert.Equal(80, Unsafe.SizeOf<StatisticsOut>());
        Assert.Equal(16, Unsafe.SizeOf<SynchronizeIn>());
        Assert.Equal(16, Unsafe.SizeOf<SetXattrIn>());
        Assert.Equal(8, Unsafe.SizeOf<GetXattrIn>());
        Assert.Equal(8, Unsafe.SizeOf<GetXattrOut>());
        Assert.Equal(64, Unsafe.SizeOf<InitIn>());
        Assert.Equal(64, Unsafe.SizeOf<InitOut>());
        Assert.Equal(32, Unsafe.SizeOf<IoctlIn>());
        Assert.Equal(16, Unsafe.SizeOf<IoctlOut>());
        Assert.Equal(32, Unsafe.SizeOf<AllocateIn>());
        Assert.Equal(24, Unsafe.SizeOf<SeekIn>());
        Assert.Equal(8, Unsafe.SizeOf<SeekOut>());
        Assert.Equal(56, Unsafe.SizeOf<CopyRangeIn>());
        Assert.Equal(8, Unsafe.SizeOf<CopyRangeOut>());
        Assert.Equal(40, Unsafe.SizeOf<InvalidateInode>());
        Assert.Equal(24, Unsafe.SizeOf<ListedEntry>());
    }
}
