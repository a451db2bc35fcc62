using System.Text;
using Ext2Union.Vfs;
using Xunit;

namespace Ext2Union.Tests.Support;

/// <summary>What every layer that can be a top promises about copies: records, remainders, index, table of lowers.</summary>
public static class CopyChecks
{
    private static readonly CopySource Sample = new() { Layer = 3, Inode = 77, Generation = 5 };

    /// <summary>A new file without a name.</summary>
    public static FileInode Detached(FileSystem fileSystem) =>
        Assert.IsAssignableFrom<FileInode>(fileSystem.Root.CreateDetached(new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).Value);

    /// <summary>A file of a size of which all lies in its source.</summary>
    public static FileInode Incomplete(FileSystem fileSystem, long size)
    {
        FileInode file = Detached(fileSystem);
        Assert.Equal(Errno.None, file.SetSize(size));
        Assert.Equal(Errno.None, file.SetCopySource(Sample with { Remainder = size, Size = size, ModifyTime = new Timestamp(9, 8) }, []));
        return file;
    }

    /// <summary>The remainder that a file's record says.</summary>
    public static long RemainderOf(Inode inode)
    {
        Assert.Equal(Errno.None, inode.GetCopySource([], out CopySource source, out _));
        return source.Remainder;
    }

    /// <summary>Objects of all kinds remember what they are copies of.</summary>
    public static void Records(FileSystem fileSystem)
    {
        var root = (LayerDirectory)fileSystem.Root;
        InodeKind[] kinds = [InodeKind.File, InodeKind.Directory, InodeKind.Symlink, InodeKind.Fifo, InodeKind.CharacterDevice];
        foreach (InodeKind kind in kinds)
        {
            byte[] name = Encoding.UTF8.GetBytes($"record-{kind}");
            Inode inode = root.Create(name, new NewInode { Mode = ModeBits.Of(kind, 0x1ED), Target = "target"u8 }).Value;
            Assert.Equal(Errno.ENODATA, inode.GetCopySource([], out _, out _));
            Assert.False(fileSystem.TryGetCopySource(inode.Number, out _));
            Assert.Equal(Errno.EINVAL, inode.SetCopySource(Sample with { Remainder = 5000, Size = 5000 }, []));
            Assert.Equal(Errno.None, inode.GetAttributes(out Attributes before));
            Assert.Equal(Errno.None, inode.SetCopySource(Sample, "a/path"u8));
            Assert.Equal(Errno.None, inode.GetAttributes(out Attributes after));
            Assert.Equal((before.ChangeTime, before.ModifyTime), (after.ChangeTime, after.ModifyTime));
            byte[] path = new byte[10];
            Assert.Equal(Errno.None, inode.GetCopySource(path, out CopySource source, out int length));
            Assert.Equal((Sample, "a/path"), (source, Encoding.UTF8.GetString(path, 0, length)));
            Assert.Equal(Errno.None, inode.GetCopySource([], out _, out length));
            Assert.Equal(6, length);
            Assert.Equal(Errno.ERANGE, inode.GetCopySource(path.AsSpan(0, 5), out _, out _));
            Assert.True(fileSystem.TryGetCopySource(inode.Number, out source));
            Assert.Equal(Sample, source);
            Assert.Equal(Errno.None, inode.SetCopySource(Sample with { Inode = 78, LowerNames = kind == InodeKind.Directory ? 0u : 2, IsIndexed = kind != InodeKind.Directory }, []));
            Assert.Equal(Errno.None, inode.GetCopySource(path, out source, out length));
            Assert.Equal((78ul, 0), (source.Inode, length));
            Assert.Equal(Errno.None, inode.ListXattr([], out length));
            Assert.Equal(0, length);
            Assert.Equal(Errno.ENODATA, inode.GetXattr("trusted.ext2u.copy"u8, [], out _));
            Assert.Equal(Errno.EINVAL, inode.SetCopySource(default, []));
            Assert.Equal(Errno.ENAMETOOLONG, inode.SetCopySource(Sample, new byte[4096]));
            inode.Release();
        }

        Assert.False(fileSystem.TryGetCopySource(0, out _));
        Assert.False(fileSystem.TryGetCopySource(ulong.MaxValue, out _));
        Assert.False(fileSystem.TryGetCopySource(1_000_000, out _));
    }

    /// <summary>What lies in the source is neither shown as zeros nor mixed with anything.</summary>
    public static void Remainders(FileSystem fileSystem, int block)
    {
        FileInode file = Incomplete(fileSystem, (10 * block) + 100);
        byte[] data = new byte[4 * block];
        byte[] buffer = new byte[4 * block];
        Array.Fill(data, (byte)'d');
        AssertRead(Errno.EIO, 0, block);
        AssertRead(Errno.EIO, (3 * block) + 5, 10);
        AssertExtent(true, 0, 100 * block, 100 * block);

        AssertWrite(Errno.EIO, 10, 20, 0);
        AssertWrite(Errno.EIO, 0, block / 2, 0);
        AssertWrite(Errno.None, block, block, block);
        AssertWrite(Errno.None, block + 10, 20, 20);
        AssertRead(Errno.None, block, block);
        Assert.Equal(block, buffer.AsSpan(0, block).Count((byte)'d'));
        AssertRead(Errno.EIO, 0, 2 * block);
        AssertRead(Errno.EIO, block, 2 * block);
        AssertExtent(true, 0, 20 * block, block);
        AssertExtent(false, block + 7, 20 * block, 2 * block);
        AssertWrite(Errno.None, 2 * block, (2 * block) + 10, 2 * block);
        AssertWrite(Errno.EIO, 4 * block, 10, 0);
        AssertWrite(Errno.EIO, 10 * block, 50, 0);
        AssertWrite(Errno.None, 10 * block, 100, 100);
        AssertRead(Errno.None, 10 * block, 100);

        Assert.Equal(Errno.EIO, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, (6 * block) + 1, block - 1));
        Assert.Equal(Errno.EIO, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 6 * block, 1));
        Assert.Equal(Errno.EIO, file.Allocate(AllocateMode.ZeroRange, 6 * block, block + 1));
        Assert.Equal(Errno.EIO, file.Allocate(AllocateMode.None, 6 * block, 1));
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.None, block, 2 * block));
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 5 * block, block));
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.ZeroRange, 6 * block, block));
        AssertZeros(5 * block, 2 * block);
        AssertExtent(false, 5 * block, 20 * block, 7 * block);
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 2 * block, block));
        AssertZeros(2 * block, block);
        AssertExtent(false, 2 * block, 20 * block, 4 * block);
        Assert.Equal((10 * block) + 100, RemainderOf(file));

        Shrink(file, block);

        // A record that was read before the file was cut does not bring back what was cut off.
        long remainder = RemainderOf(file);
        Assert.Equal(Errno.None, file.SetSize(3 * block));
        Assert.Equal(Errno.None, file.SetCopySource(Sample with { Remainder = remainder + (5 * block), Size = 20 * block }, []));
        Assert.Equal(remainder, RemainderOf(file));
        file.Release();

        void AssertRead(Errno error, long offset, int length)
        {
            Assert.Equal(error, file.Read(offset, buffer.AsSpan(0, length), out int read));
            Assert.Equal(error == Errno.None ? length : 0, read);
        }

        void AssertZeros(long offset, int length)
        {
            AssertRead(Errno.None, offset, length);
            Assert.Equal(-1, buffer.AsSpan(0, length).IndexOfAnyExcept((byte)0));
        }

        void AssertWrite(Errno error, long offset, int length, int expected)
        {
            Assert.Equal(error, file.Write(offset, data.AsSpan(0, length), out int written));
            Assert.Equal(expected, written);
        }

        void AssertExtent(bool isHole, long offset, long end, long until)
        {
            long reached = offset;
            while (reached < end)
            {
                Assert.Equal(Errno.None, file.GetExtent(reached, end, out bool hole, out long next));
                Assert.InRange(next, reached + 1, end);
                if (hole != isHole)
                {
                    break;
                }

                reached = next;
            }

            Assert.Equal(until, reached);
        }
    }

    /// <summary>A copy is found by its source, and lives by its entry alone.</summary>
    public static void Index(FileSystem fileSystem)
    {
        CopyIndex index = fileSystem.Index!;
        Assert.True(index.IsEmpty);
        Assert.Equal(Errno.ENOENT, index.Find(1, 2).Error);
        Assert.Equal(Errno.ENOENT, index.Remove(1, 2));
        Assert.Equal(Errno.None, fileSystem.Root.GetAttributes(out Attributes rootBefore));
        FileInode copy = Detached(fileSystem);
        Assert.Equal(Errno.None, copy.Write(0, "content"u8, out _));
        Assert.Equal(Errno.None, copy.GetAttributes(out Attributes before));
        Assert.Equal(Errno.None, index.Put(1, 2, copy));
        Assert.False(index.IsEmpty);
        Assert.Equal(Errno.None, copy.GetAttributes(out Attributes after));
        Assert.Equal((before.ChangeTime, before.ModifyTime, 1u), (after.ChangeTime, after.ModifyTime, after.LinkCount));
        Assert.Equal(Errno.EEXIST, index.Put(1, 2, copy));
        Assert.Equal(Errno.ENOENT, index.Find(2, 2).Error);
        Assert.Equal(Errno.EPERM, index.Put(1, 3, fileSystem.Root));
        Inode found = index.Find(1, 2).Value;
        Assert.Same(copy, found);
        found.Release();
        ulong number = copy.Number;
        copy.Release();

        found = index.Find(1, 2).Value;
        Assert.Equal(number, found.Number);
        Assert.Equal(Errno.None, fileSystem.Root.Link("named"u8, found));
        Assert.Equal(Errno.None, index.Remove(1, 2));
        Assert.Equal(Errno.ENOENT, index.Find(1, 2).Error);
        Assert.Equal(Errno.None, index.Put(0x7FFE, ulong.MaxValue, found));
        Assert.Equal(Errno.None, fileSystem.Root.Unlink("named"u8));
        Assert.Equal(Errno.None, found.GetAttributes(out after));
        Assert.Equal(1u, after.LinkCount);
        Assert.Equal(Errno.None, index.Remove(0x7FFE, ulong.MaxValue));
        Assert.Equal(Errno.None, found.GetAttributes(out after));
        Assert.Equal(0u, after.LinkCount);
        Assert.Equal(Errno.None, ((FileInode)found).Read(0, new byte[7], out int read));
        Assert.Equal(7, read);
        found.Release();
        Assert.Equal(Errno.ESTALE, fileSystem.Find(number).Error);
        Assert.Equal(Errno.None, fileSystem.Root.GetAttributes(out Attributes rootAfter));
        Assert.Equal((rootBefore.LinkCount, rootBefore.ModifyTime, rootBefore.Size), (rootAfter.LinkCount, rootBefore.ModifyTime, rootAfter.Size));
    }

    /// <summary>A top remembers its lowers.</summary>
    public static void Lowers(FileSystem fileSystem)
    {
        List<RememberedLower> read = [];
        Assert.Equal(Errno.None, fileSystem.ReadLowers(read));
        Assert.Empty(read);
        RememberedLower[] lowers =
        [
            new(1, new LayerIdentity(LayerKind.Ext2, new byte[16], ""), true),
            new(7, new LayerIdentity(LayerKind.HostDirectory, new byte[28], ""), false),
        ];
        Assert.Equal(Errno.None, fileSystem.StoreLowers(lowers));
        Assert.Equal(Errno.None, fileSystem.StoreLowers(lowers[1..]));
        Assert.Equal(Errno.None, fileSystem.StoreLowers(lowers));
        Assert.Equal(Errno.None, fileSystem.ReadLowers(read));
        Assert.Equal(lowers, read);
    }

    private static void Shrink(FileInode file, int block)
    {
        byte[] buffer = new byte[block];
        Assert.Equal(Errno.None, file.SetSize((8 * block) + 10));
        Assert.Equal((8 * block) + 10, RemainderOf(file));
        Assert.Equal(Errno.None, file.SetSize(20 * block));
        Assert.Equal((8 * block) + 10, RemainderOf(file));
        Assert.Equal(Errno.EIO, file.Read(8 * block, buffer.AsSpan(0, 20), out _));
        Assert.Equal(Errno.None, file.Read((8 * block) + 10, buffer.AsSpan(0, block - 10), out int read));
        Assert.Equal((block - 10, -1), (read, buffer.AsSpan(0, read).IndexOfAnyExcept((byte)0)));
        Assert.Equal(Errno.None, file.Read(10 * block, buffer, out _));
        Assert.Equal(-1, buffer.AsSpan().IndexOfAnyExcept((byte)0));
        Assert.Equal(Errno.EIO, file.Write((8 * block) + 10, "x"u8, out _));
        Assert.Equal(Errno.None, file.Write((9 * block) + 3, "x"u8, out _));
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 9 * block, block));
        Assert.Equal(Errno.None, file.GetExtent(9 * block, 10 * block, out bool isHole, out _));
        Assert.True(isHole);
        Assert.Equal(Errno.None, file.Write(8 * block, "0123456789"u8, out _));
        Assert.Equal(Errno.None, file.Read(8 * block, buffer, out _));
        Assert.Equal(Errno.None, file.Write(30 * block, "x"u8, out _));
        Assert.Equal((8 * block) + 10, RemainderOf(file));

        Assert.Equal(Errno.None, file.SetSize(0));
        Assert.Equal(0, RemainderOf(file));
        Assert.Equal(Errno.None, file.SetSize(3 * block));
        Assert.Equal(Errno.None, file.Read(0, buffer, out read));
        Assert.Equal((block, -1), (read, buffer.AsSpan().IndexOfAnyExcept((byte)0)));
        Assert.Equal(Errno.None, file.GetExtent(0, 100L * block, out isHole, out long until));
        Assert.Equal((true, 100L * block), (isHole, until));
        Assert.Equal(Errno.None, file.GetExtent(50L * block, 60L * block, out isHole, out until));
        Assert.Equal((true, 60L * block), (isHole, until));
    }
}
