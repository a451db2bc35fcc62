using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>What of a file's data is copied when: nothing with its attributes and names, and of its blocks those that are written.</summary>
public class PartialCopyTests
{
    private const long Block = 4096;
    private const long Huge = 10L << 30;

    [Theory]
    [InlineData("chmod")]
    [InlineData("chown")]
    [InlineData("utimens")]
    [InlineData("setxattr")]
    [InlineData("link")]
    [InlineData("rename")]
    [InlineData("open")]
    [InlineData("truncate")]
    public void WhatChangesNoDataCopiesNone(string call)
    {
        using var u = Begin("f", Huge, out _);
        Attributes before = u.Stat("f");
        Errno error = call switch
        {
            "chmod" => u.Chmod("f", 0x180),
            "link" => u.Link("f", "g"),
            "rename" => u.Rename("f", "g"),
            _ => u.At("f", inode => Change((FileInode)inode, call)),
        };
        Assert.Equal(Errno.None, error);
        string name = call == "rename" ? "g" : "f";
        Assert.Equal(0, TopBlocks(u, name));
        CopySource record = RecordOf(u, name);
        long left = call == "truncate" ? Block + 100 : Huge;
        Assert.Equal((left, Huge, before.ModifyTime), (record.Remainder, record.Size, record.ModifyTime));
        Attributes after = u.Stat(name);
        Assert.Equal((before.Inode, left), (after.Inode, after.Size));
        Assert.True(after.Blocks >= Math.Min(before.Blocks, left / 512), $"{after.Blocks} of {before.Blocks} blocks");
        Assert.Equal("start", ReadAt(u, name, 0, 5));
        u.Remount();
        Assert.Equal("start", ReadAt(u, name, 0, 5));
        Assert.Equal(call == "truncate" ? "" : "end", ReadAt(u, name, Huge - 3, 3));
        Assert.Empty(u.Log.Lines);
    }

    [Fact]
    public void TheFirstByteOfAHugeFileCostsOneBlock()
    {
        using var u = Begin("f", Huge, out FaultyLayer lower);
        foreach ((long offset, string text) in ((long, string)[])[(2, "A"), (Huge - 2, "B"), ((5L << 30) + 1, "C")])
        {
            long read = lower.BytesRead;
            long blocks = TopBlocks(u, "f");
            Assert.Equal(Errno.None, u.Write("f", text, offset));
            Assert.InRange(lower.BytesRead - read, 1, Block);
            Assert.Equal(Block / 512, TopBlocks(u, "f") - blocks);
        }

        u.Remount(layers: [lower]);
        Assert.Equal("stArt", ReadAt(u, "f", 0, 5));
        Assert.Equal("eBd", ReadAt(u, "f", Huge - 3, 3));
        Assert.Equal("\0C\0", ReadAt(u, "f", 5L << 30, 3));
        Assert.Equal(Huge, RecordOf(u, "f").Remainder);
    }

    [Fact]
    public void OpeningToTruncateNeedsNothingOfTheLower()
    {
        using var u = Begin("f", Huge, out FaultyLayer lower);
        Assert.Equal(Errno.None, u.Write("f", "new", 0, OpenMode.Truncate));
        Assert.Equal(0, lower.BytesRead);
        Assert.False(RecordOf(u, "f").IsIncomplete);
        Assert.Equal("new", u.Read("f"));
    }

    [Fact]
    public void AnEmptyFileIsCompleteAtOnce()
    {
        using var u = new UnionFixture([], [["e="]]);
        Assert.Equal(Errno.None, u.Chmod("e", 0x180));
        Assert.False(RecordOf(u, "e").IsIncomplete);
    }

    [Fact]
    public void WhatWasWrittenAllOverIsCompleteAfterASync()
    {
        using var u = Begin("f", 5 * Block, out _);
        byte[] data = new byte[2 * Block];
        u.At("f", inode =>
        {
            var file = (FileInode)inode;
            foreach (long offset in (long[])[0, 3 * Block, Block])
            {
                Assert.Equal(Errno.None, file.Write(offset, data, out _));
            }

            Assert.Equal(5 * Block, RecordOf(u, "f").Remainder);
            Assert.Equal(Errno.None, file.Sync(dataOnly: true));
            return true;
        });
        Assert.False(RecordOf(u, "f").IsIncomplete);
    }

    [Fact]
    public void WhatBecameCompleteIsSettledByTheUnmountAndForgottenWithTheFile()
    {
        using var u = Begin("f", Block, out _);
        Assert.Equal(Errno.None, u.Write("f", "x"));
        u.Remount();
        Assert.False(RecordOf(u, "f").IsIncomplete);
        using var v = Begin("f", Block, out _);
        Assert.Equal(Errno.None, v.Top.GetStatistics(out Statistics before));
        Assert.Equal(Errno.None, v.Write("f", "x"));
        Assert.Equal(Errno.None, v.Unlink("f"));
        Assert.Equal(Errno.None, v.Top.GetStatistics(out Statistics after));
        Assert.Equal(before.FreeBlocks, after.FreeBlocks);
    }

    [Fact]
    public void CutOffDataDoesNotComeBack()
    {
        using var u = Begin("f", 3 * Block, out _);
        Assert.Equal(Errno.None, u.At("f", inode => ((FileInode)inode).SetSize(3)));
        Assert.Equal(Errno.None, u.At("f", inode => ((FileInode)inode).SetSize(3 * Block)));
        Assert.Equal("sta\0\0", ReadAt(u, "f", 0, 5));
        Assert.Equal("\0\0\0", ReadAt(u, "f", (3 * Block) - 3, 3));
        u.Remount();
        Assert.Equal("sta\0\0", ReadAt(u, "f", 0, 5));
        Assert.Equal(3, RecordOf(u, "f").Remainder);
    }

    [Fact]
    public void ATopThatKeepsNoRecordsGetsTheData()
    {
        using var u = Begin("f", 3 * Block, out _);
        u.Remount(new FaultyLayer(u.Top) { KeepsRecords = false });
        Assert.Equal(Errno.None, u.Write("f", "x", 1));
        Assert.Equal("sxart", ReadAt(u, "f", 0, 5));
        u.Remount();
        Assert.Equal("end", ReadAt(u, "f", (3 * Block) - 3, 3));
        Assert.Equal(Errno.ENODATA, Top(u, "f").GetCopySource([], out _, out _));
    }

    [Fact]
    public void AMountThatCopiesAllCompletesWhatAnotherLeft()
    {
        using var u = new UnionFixture([], [["f=start"]], copyUp: CopyUpMode.Partial);
        LowerOf(u, "f", (2 << 20) + 5);
        Assert.Equal(Errno.None, u.Write("f", "S"));
        Attributes before = u.Stat("f");
        u.Clock.Seconds += 10;
        Assert.Equal(Errno.None, u.Union.Unmount());
        using UnionFileSystem full = UnionFileSystem.Create(u.Top, u.Lowers, new UnionOptions { Clock = u.Clock, CopyUp = CopyUpMode.Full }).Value;
        Inode inode = full.Root.Lookup("f"u8).Value;
        Assert.Equal(Errno.None, inode.Opened(OpenMode.Write));
        inode.Closed(OpenMode.Write);
        Assert.Equal(Errno.None, inode.GetAttributes(out Attributes after));
        Assert.Equal((before.ModifyTime, before.ChangeTime, before.Size), (after.ModifyTime, after.ChangeTime, after.Size));
        inode.Release();
        Assert.Equal(Errno.None, full.Unmount());
        Assert.False(RecordOf(u, "f").IsIncomplete);
        u.Remount();
        Assert.Equal("Start", ReadAt(u, "f", 0, 5));
        Assert.Equal("end", ReadAt(u, "f", (2 << 20) + 2, 3));
    }

    [Fact]
    public void AFullTopRefusesTheWriteAndKeepsTheRest()
    {
        using var u = new UnionFixture([], [["f=start"]], topOptions: new TmpfsOptions { SizeBytes = 3 * Block }, copyUp: CopyUpMode.Partial);
        LowerOf(u, "f", 10 * Block);
        Assert.Equal(Errno.None, u.Chmod("f", 0x180));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Errno.None, u.Write("f", "x", (2 * i * Block) + 1));
        }

        Assert.Equal(Errno.ENOSPC, u.Write("f", "x", (8 * Block) + 1));
        Assert.Equal(Errno.ENOSPC, u.At("f", inode => ((FileInode)inode).Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 6 * Block, 2 * Block)));
        Assert.Equal("sxart", ReadAt(u, "f", 0, 5));
        Assert.Equal("end", ReadAt(u, "f", (10 * Block) - 3, 3));
    }

    // "start" at the start, "end" at the end, a hole between.
    private static UnionFixture Begin(string name, long size, out FaultyLayer counting)
    {
        var u = new UnionFixture([], [[name + "=start"]], copyUp: CopyUpMode.Partial);
        LowerOf(u, name, size);
        counting = new FaultyLayer(u.Lowers[0]);
        u.Remount(layers: [counting]);
        return u;
    }

    private static void LowerOf(UnionFixture u, string name, long size)
    {
        var low = (FileInode)u.Lowers[0].Root.Lookup(UnionFixture.B(name)).Value;
        Assert.Equal(Errno.None, low.Write(size - 3, "end"u8, out _));
        low.Release();
        u.LowersMayDiffer();
    }

    private static Errno Change(FileInode file, string call) => call switch
    {
        "chown" => file.SetAttributes(new AttributeChange { Fields = AttributeFields.UserId, UserId = 7 }),
        "utimens" => file.SetAttributes(new AttributeChange { Fields = AttributeFields.ModifyTime, ModifyTime = new Timestamp(1, 2) }),
        "setxattr" => file.SetXattr("user.x"u8, "y"u8, XattrFlags.None),
        "truncate" => file.SetSize(Block + 100),
        _ => file.Opened(OpenMode.Read | OpenMode.Write),
    };

    private static string ReadAt(UnionFixture u, string path, long offset, int length) => u.At(path, inode =>
    {
        byte[] buffer = new byte[length];
        Assert.Equal(Errno.None, ((FileInode)inode).Read(offset, buffer, out int read));
        return System.Text.Encoding.Latin1.GetString(buffer, 0, read);
    });

    private static Inode Top(UnionFixture u, string name)
    {
        Inode inode = u.Top.Root.Lookup(UnionFixture.B(name)).Value;
        inode.Release();
        return inode;
    }

    private static long TopBlocks(UnionFixture u, string name)
    {
        if (!u.Top.Root.Lookup(UnionFixture.B(name)).TryGet(out Inode inode, out _))
        {
            return 0;
        }

        Assert.Equal(Errno.None, inode.GetAttributes(out Attributes attributes));
        inode.Release();
        return attributes.Blocks;
    }

    private static CopySource RecordOf(UnionFixture u, string name)
    {
        Assert.Equal(Errno.None, Top(u, name).GetCopySource([], out CopySource record, out _));
        return record;
    }
}
