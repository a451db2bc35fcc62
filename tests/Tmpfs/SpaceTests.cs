using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs.Tests;

public sealed class SpaceTests
{
    [Fact]
    public void A_write_that_does_not_fit_writes_what_fits()
    {
        using Fixture fixture = new(pages: 4);
        FileInode file = fixture.File("f");
        Assert.Equal(Errno.None, file.Write(100, new byte[5 * 4096], out int written));
        Assert.Equal(4 * 4096 - 100, written);
        Assert.Equal(0ul, fixture.FreePages);
        Assert.Equal(4 * 4096, Fixture.AttributesOf(file).Size);
        Assert.Equal(32, Fixture.AttributesOf(file).Blocks);
        Assert.Equal(Errno.ENOSPC, file.Write(4 * 4096, new byte[1], out written));
        Assert.Equal(0, written);
        Assert.Equal(Errno.None, file.Write(0, new byte[4096], out written));
        Assert.Equal(4096, written);
        file.Release();
    }

    [Fact]
    public void Truncate_punch_unlink_and_the_last_release_give_pages_back()
    {
        using Fixture fixture = new(pages: 64);
        FileInode file = fixture.File("f");
        Assert.Equal(Errno.None, Fixture.Write(file, 0, 40 * 4096));
        Assert.Equal(24ul, fixture.FreePages);
        Assert.Equal(Errno.None, file.SetSize(30 * 4096 - 5));
        Assert.Equal(34ul, fixture.FreePages);
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 4095, 8 * 4096));
        Assert.Equal(41ul, fixture.FreePages);
        Assert.Equal(Errno.None, fixture.Root.Unlink("f"u8));
        Assert.Equal(41ul, fixture.FreePages);
        Assert.Equal(998ul, fixture.FreeInodes);
        byte[] byteRead = new byte[1];
        Assert.Equal(Errno.None, file.Read(20 * 4096, byteRead, out _));
        Assert.Equal(0x5A, byteRead[0]);
        file.Release();
        Assert.Equal(64ul, fixture.FreePages);
        Assert.Equal(999ul, fixture.FreeInodes);
    }

    [Fact]
    public void Memory_is_unmapped_when_files_go()
    {
        using Fixture fixture = new(pages: 16384);
        FileInode first = fixture.File("a");
        FileInode second = fixture.File("b");
        for (int page = 0; page < 4096; page++)
        {
            Assert.Equal(Errno.None, Fixture.Write(first, page * 4096L, 4096));
            Assert.Equal(Errno.None, Fixture.Write(second, page * 4096L, 4096));
        }

        Assert.Equal(32, fixture.FileSystem.Pages.SlabCount);
        Assert.Equal(Errno.None, first.SetSize(0));
        Assert.Equal(Errno.None, second.SetSize(0));
        Assert.True(fixture.FileSystem.Pages.SlabCount <= 1, "At most one empty slab is kept.");
        Assert.Equal(Errno.None, ReuseOneByte(first));

        static Errno ReuseOneByte(FileInode file)
        {
            byte[] content = new byte[4096];
            Errno error = file.Write(4096 * 3 + 7, [1], out _);
            _ = file.Read(4096 * 3, content, out int read);
            Assert.Equal(8, read);
            Assert.Equal(new byte[7], content[..7]);
            return error;
        }
    }

    [Fact]
    public void Allocation_is_all_or_nothing_and_huge_requests_are_answered_at_once()
    {
        using Fixture fixture = new(pages: 10);
        FileInode file = fixture.File("f");
        Assert.Equal(Errno.ENOSPC, file.Allocate(AllocateMode.None, 0, 11 * 4096));
        Assert.Equal(Errno.ENOSPC, file.Allocate(AllocateMode.KeepSize, 5, long.MaxValue - 5));
        Assert.Equal(Errno.EFBIG, file.Allocate(AllocateMode.None, 6, long.MaxValue - 5));
        Assert.Equal((10ul, 0L), (fixture.FreePages, Fixture.AttributesOf(file).Size));
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.KeepSize, 0, 10 * 4096));
        Assert.Equal((0ul, 0L), (fixture.FreePages, Fixture.AttributesOf(file).Size));
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.None, 0, 10 * 4096));
        Assert.Equal(10 * 4096, Fixture.AttributesOf(file).Size);
        Assert.Equal(Errno.EOPNOTSUPP, file.Allocate(AllocateMode.PunchHole, 0, 1));
        Assert.Equal(Errno.EINVAL, file.Allocate(AllocateMode.None, 0, 0));
        Assert.Equal(Errno.None, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 0, long.MaxValue));
        Assert.Equal(10ul, fixture.FreePages);
    }

    [Fact]
    public void A_file_may_end_where_offsets_end()
    {
        using Fixture fixture = new(pages: 10);
        FileInode file = fixture.File("f");
        Assert.Equal(Errno.None, file.SetSize(long.MaxValue));
        Assert.Equal(Errno.None, file.Write(long.MaxValue - 1, [1, 2], out int written));
        Assert.Equal(1, written);
        Assert.Equal(Errno.EFBIG, file.Write(long.MaxValue, [1], out _));
        Assert.Equal(Errno.None, file.Seek(0, SeekKind.Data, out long data));
        Assert.Equal(long.MaxValue / 4096 * 4096, data);
        Assert.Equal(Errno.None, file.Seek(data, SeekKind.Hole, out long hole));
        Assert.Equal(long.MaxValue, hole);
        Assert.Equal(Errno.None, file.SetSize(1));
        Assert.Equal(10ul, fixture.FreePages);
    }

    [Fact]
    public void Inodes_and_marks_share_one_count_and_removing_works_when_it_is_used_up()
    {
        using Fixture fixture = new(inodes: 5);
        FileInode file = fixture.File("f");
        Assert.Equal(Errno.None, fixture.Root.PutWhiteout("w"u8));
        Assert.Equal(Errno.None, fixture.Root.PutFallthru("t"u8));
        LayerDirectory directory = fixture.Directory("d");
        Assert.Equal(0ul, fixture.FreeInodes);
        Assert.Equal(Errno.ENOSPC, fixture.Root.Create("x"u8, new NewInode { Mode = Fixture.Octal("100644") }).Error);
        Assert.Equal(Errno.ENOSPC, fixture.Root.CreateDetached(new NewInode { Mode = Fixture.Octal("100644") }).Error);
        Assert.Equal(Errno.ENOSPC, fixture.Root.PutWhiteout("x"u8));
        Assert.Equal(Errno.ENOSPC, directory.PutFallthru("x"u8));
        Assert.Equal(Errno.ENOSPC, fixture.Root.Rename("f"u8, directory, "g"u8, RenameFlags.Whiteout));
        Assert.Equal(Errno.None, fixture.Root.Link("l"u8, file));

        // A mark passes its charge on to what replaces it.
        Inode replacing = fixture.Root.Create("t"u8, new NewInode { Mode = Fixture.Octal("100644") }).Value;
        Assert.Equal(0ul, fixture.FreeInodes);
        replacing.Release();
        Assert.Equal(Errno.None, fixture.Root.PutWhiteout("t"u8));
        Assert.Equal(0ul, fixture.FreeInodes);
        Assert.Equal(Errno.None, fixture.Root.RemoveMark("t"u8));
        Assert.Equal(1ul, fixture.FreeInodes);
        Assert.Equal(Errno.None, directory.PutWhiteout("x"u8));
        Assert.Equal(0ul, fixture.FreeInodes);
        directory.Release();
        Assert.Equal(Errno.None, fixture.Root.RemoveDirectory("d"u8));
        Assert.Equal(2ul, fixture.FreeInodes);
        file.Release();
    }

    [Fact]
    public void Reads_and_writes_make_no_garbage()
    {
        using Fixture fixture = new();
        FileInode file = fixture.File("f");
        byte[] buffer = new byte[8192];
        Assert.Equal(Errno.None, Fixture.Write(file, 0, 100_000));
        _ = Round(file, fixture, buffer);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int sum = 0;
        for (int i = 0; i < 100; i++)
        {
            sum += Round(file, fixture, buffer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(0, sum);

        static int Round(FileInode file, Fixture fixture, byte[] buffer)
        {
            Errno error = file.Read(5000, buffer, out _);
            error |= file.Write(777, buffer, out _);
            error |= file.GetAttributes(out _);
            Result<Inode> found = fixture.Root.Lookup("f"u8);
            found.Value.Release();
            error |= fixture.Root.Lookup("absent"u8).Error ^ Errno.ENOENT;
            return (int)error;
        }
    }
}
