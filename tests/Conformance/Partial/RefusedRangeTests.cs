using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Tmpfs;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Partial;

/// <summary>A range that the top refuses is refused before any piece of it was changed.</summary>
public class RefusedRangeTests
{
    private const int Bytes = 12 << 20;

    [Theory]
    [InlineData(AllocateMode.PunchHole | AllocateMode.KeepSize)]
    [InlineData(AllocateMode.ZeroRange)]
    [InlineData(AllocateMode.None)]
    public void ARangeThatReachesTooFarIsRefusedBeforeAnyOfItIsZeroed(AllocateMode mode)
    {
        byte[] content = new byte[Bytes];
        new Random(4).NextBytes(content);
        var lower = new TmpfsFileSystem(new TmpfsOptions { AsLower = true });
        Write(lower, content);
        MemoryBlockDevice device = MemoryVolume.Format(8 << 20, new FormatOptions { BlockBytes = 1024 });
        UnionFileSystem union = UnionFileSystem.Create(MemoryVolume.Mount(device), [lower], new UnionOptions()).Value;
        var file = (FileInode)union.Root.Lookup("f"u8).Value;

        Errno error = file.Allocate(mode, 1, union.MaximumFileBytes);

        Assert.Equal(Errno.EFBIG, error);
        byte[] after = new byte[Bytes];
        Assert.Equal(Errno.None, file.Read(0, after, out int read));
        Assert.Equal(Bytes, read);
        Assert.True(after.AsSpan().SequenceEqual(content), "content changed");
        Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
        Assert.Equal(Bytes, attributes.Size);
        file.Release();
        Assert.Equal(Errno.None, union.Unmount());
        Assert.Null(MemoryVolume.Check(device));
    }

    private static void Write(TmpfsFileSystem lower, byte[] content)
    {
        var file = (FileInode)lower.Root.Create("f"u8, new NewInode { Mode = 0x81A4 }).Value;
        Assert.Equal(Errno.None, file.Write(0, content, out _));
        file.Release();
    }
}
