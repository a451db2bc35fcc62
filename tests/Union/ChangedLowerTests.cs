using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>A source that is not what the copy's record says: what the copy has is read as ever, what it lacks answers EIO, and one line says why.</summary>
public class ChangedLowerTests
{
    private const int Block = 4096;

    [Theory]
    [InlineData("data", "modification time")]
    [InlineData("longer", "size")]
    [InlineData("shorter", "size")]
    [InlineData("chmod", "change time")]
    [InlineData("replaced", "has it no more")]
    public void NothingElseIsEverShown(string how, string why)
    {
        using UnionFixture u = Begin();
        u.Clock.Seconds += 10;
        Change(u, how);
        u.Remount();
        AssertRefused(u, why);

        // Each way of asking says the same, and the log says it once.
        u.At("f", inode =>
        {
            var file = (FileInode)inode;
            Assert.Equal(Errno.EIO, file.Read((3 * Block) + 5, new byte[2], out _));
            Assert.Equal(Errno.EIO, file.Write((3 * Block) + 5, [1], out _));
            Assert.Equal(Errno.EIO, file.Seek(3 * Block, SeekKind.Data, out _));
            Assert.Equal(Errno.EIO, file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, (2 * Block) + 5, Block));
            Assert.Equal(Errno.EIO, file.Allocate(AllocateMode.None, 2 * Block, Block));
            Assert.Equal(Errno.None, file.GetAttributes(out Attributes attributes));
            Assert.True(attributes.Blocks >= 4 * Block / 512);
            return true;
        });
    }

    [Fact]
    public void WhatIsWrittenOverOrCutOffIsWellAgain()
    {
        using UnionFixture u = Begin();
        Change(u, "data");
        u.Remount();
        AssertRefused(u, "time");
        Assert.Equal(Errno.None, u.Write("f", new string('n', Block), 3 * Block));
        Assert.Equal(Errno.None, u.At("f", inode => ((FileInode)inode).Read(3 * Block, new byte[Block], out _)));
        Assert.Equal(Errno.None, u.At("f", inode => ((FileInode)inode).Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, 2 * Block, Block)));
        Assert.Equal(Errno.None, u.At("f", inode => ((FileInode)inode).Read(2 * Block, new byte[2 * Block], out _)));
        Assert.Equal(Errno.None, u.At("f", inode => ((FileInode)inode).SetSize(Block)));
        Assert.Equal(Errno.None, u.Write("f", new string('n', Block)));
        Assert.Equal(new string('n', Block), u.Read("f"));
    }

    [Fact]
    public void ALowerThatIsMissingIsNamedByItsNumber()
    {
        using UnionFixture u = Begin();
        FileSystem stranger = LayerRecipe.Build(u.Clock, true, "f=stranger");
        u.Remount(layers: [stranger]);
        u.At("f", inode => IsRefused((FileInode)inode));
        Assert.Single(u.Log.Lines);
        u.Remount();
        Assert.Equal(new string('x', Block), u.Read("f")[(3 * Block)..]);
        stranger.Dispose();
    }

    [Fact]
    public void ALowerOfOthersIsLookedAtAtEveryRead()
    {
        using UnionFixture u = Begin();
        u.Remount(layers: [new FaultyLayer(u.Lowers[0]) { IsAlone = false }]);
        Inode inode = u.Walk("f").Value;
        var file = (FileInode)inode;
        Assert.Equal(Errno.None, file.Read(3 * Block, new byte[Block], out _));
        u.Clock.Seconds += 10;
        Change(u, "data");
        Assert.Equal(Errno.EIO, file.Read(3 * Block, new byte[Block], out int read));
        Assert.Equal(0, read);
        Assert.Equal(Errno.EIO, file.Read(3 * Block, new byte[Block], out _));
        Assert.Single(u.Log.Lines);
        Assert.Equal(Errno.None, file.Read(0, new byte[Block], out read));
        Assert.Equal(Block, read);
        file.Release();
    }

    [Fact]
    public void ARecordThatLeadsUpwardsOrNowhereIsRefused()
    {
        using UnionFixture u = Begin();
        foreach (ushort layer in (ushort[])[2, 9, ushort.MaxValue])
        {
            var copy = (FileInode)u.Top.Root.Lookup("f"u8).Value;
            Assert.Equal(Errno.None, copy.GetCopySource([], out CopySource record, out _));
            Assert.Equal(Errno.None, copy.SetCopySource(record with { Layer = layer }, []));
            copy.Release();
            u.Remount();
            u.At("f", inode => IsRefused((FileInode)inode));
        }

        Assert.Equal(3, u.Log.Lines.Count);
    }

    // Four blocks of which the first was written.
    private static UnionFixture Begin()
    {
        var u = new UnionFixture([], [["f=" + new string('x', 4 * Block)]], copyUp: CopyUpMode.Partial);
        u.LowersMayDiffer();
        Assert.Equal(Errno.None, u.Write("f", "new"));
        return u;
    }

    private static void Change(UnionFixture u, string how)
    {
        DirectoryInode root = u.Lowers[0].Root;
        var low = (FileInode)root.Lookup("f"u8).Value;
        Errno error = how switch
        {
            "data" => low.Write(3 * Block, "other"u8, out _),
            "longer" => low.SetSize(5 * Block),
            "shorter" => low.SetSize(Block),
            "chmod" => low.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = 0x180 }),
            _ => root.Unlink("f"u8),
        };
        Assert.Equal(Errno.None, error);
        low.Release();
    }

    private static void AssertRefused(UnionFixture u, string why)
    {
        u.At("f", inode => IsRefused((FileInode)inode));
        Assert.Equal("new" + new string('x', Block - 3), u.At("f", inode =>
        {
            byte[] first = new byte[Block];
            Assert.Equal(Errno.None, ((FileInode)inode).Read(0, first, out _));
            return System.Text.Encoding.Latin1.GetString(first);
        }));
        Assert.All(u.Log.Lines, line => Assert.Contains(why, line));
        Assert.NotEmpty(u.Log.Lines);
    }

    private static bool IsRefused(FileInode file)
    {
        byte[] data = new byte[Block];
        Assert.Equal(Errno.EIO, file.Read(3 * Block, data, out int read));
        Assert.Equal(0, read);
        return true;
    }
}
