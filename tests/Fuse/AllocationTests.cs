using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Fuse.Protocol;
using Ext2Union.Tmpfs;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Tests;

/// <summary>Garbage per request is what the slowest requests of a busy mount are made of: the common ones make none.</summary>
public abstract class AllocationTests : IDisposable
{
    private const int WarmUp = 50;
    private const int Rounds = 200;

    private readonly FileSystem fileSystem;
    private readonly Requester kernel;
    private readonly ulong file;
    private readonly ulong handle;
    private readonly byte[] name = Requester.Name("file");
    private readonly byte[] data = new byte[4096];

    protected AllocationTests(FileSystem fileSystem)
    {
        this.fileSystem = fileSystem;
        kernel = new Requester(fileSystem);
        file = kernel.Create(NodeTable.RootNode, "file", out handle);
        for (int i = 0; i < 40; i++)
        {
            _ = kernel.Create(NodeTable.RootNode, "other" + i, out _);
        }
    }

    public void Dispose()
    {
        kernel.Dispose();
        fileSystem.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public void LookupAndForgetMakeNoGarbage() => AssertNone(() =>
    {
        _ = kernel.Send(Opcode.Lookup, NodeTable.RootNode, name);
        ForgetIn one = new() { LookupCount = 1 };
        _ = kernel.Send(Opcode.Forget, file, in one, []);
    });

    [Fact]
    public void NegativeLookupMakesNoGarbage() => AssertNone(() => _ = kernel.Send(Opcode.Lookup, NodeTable.RootNode, "absent\0"u8));

    [Fact]
    public void GetAttributesMakesNoGarbage() => AssertNone(() => _ = kernel.Send(Opcode.GetAttributes, file, []));

    [Fact]
    public void WriteMakesNoGarbage() => AssertNone(() =>
    {
        WriteIn wanted = new() { Handle = handle, Size = 4096 };
        _ = kernel.Send(Opcode.Write, file, in wanted, data);
    });

    [Fact]
    public void ReadMakesNoGarbage() => AssertNone(() =>
    {
        ReadIn wanted = new() { Handle = handle, Size = 4096 };
        _ = kernel.Send(Opcode.Read, file, in wanted, []);
    });

    [Fact]
    public void OpenAndReleaseMakeNoGarbage() => AssertNone(() =>
    {
        OpenIn wanted = new() { Flags = 2 };
        _ = kernel.Send(Opcode.Open, file, in wanted, []);
        ReleaseIn ended = new() { Handle = kernel.Reply<OpenOut>().Handle };
        _ = kernel.Send(Opcode.Release, file, in ended, []);
    });

    [Theory]
    [InlineData((uint)Opcode.ReadDirectory)]
    [InlineData((uint)Opcode.ReadDirectoryPlus)]
    public void ListingMakesNoGarbage(uint opcode) => AssertNone(() =>
    {
        ReadIn wanted = new() { Size = 16384 };
        Errno error = kernel.Send((Opcode)opcode, NodeTable.RootNode, in wanted, []);
        Assert.True(error == Errno.None && kernel.ReplyBytes.Length > 1000);
    });

    // The first rounds may compile, and grow tables that are kept.
    private static void AssertNone(Action request)
    {
        for (int i = 0; i < WarmUp; i++)
        {
            request();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Rounds; i++)
        {
            request();
        }

        // Less than the smallest object for each request: a pool that a collection has emptied may fill up again once.
        const int SmallestObjectBytes = 24;
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < Rounds * SmallestObjectBytes, $"{allocated} bytes in {Rounds} rounds");
    }

    /// <summary>An empty ext2 volume in memory, mounted.</summary>
    private protected static Ext2Volume NewVolume()
    {
        MemoryBlockDevice device = new(16 << 20);
        Assert.Null(Formatter.Format(device, new FormatOptions()));
        Assert.True(Ext2Volume.TryMount(device, new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        return volume;
    }

    /// <summary>Over a layer in memory.</summary>
    public sealed class OverTmpfs() : AllocationTests(new TmpfsFileSystem(new TmpfsOptions()));

    /// <summary>Over an ext2 volume.</summary>
    public sealed class OverExt2() : AllocationTests(NewVolume());

    /// <summary>Over a union with an ext2 top.</summary>
    public sealed class OverUnion() : AllocationTests(NewUnion())
    {
        private static UnionFileSystem NewUnion()
        {
            TmpfsFileSystem lower = new(new TmpfsOptions { AsLower = true });
            return UnionFileSystem.Create(NewVolume(), [lower], new UnionOptions()).Value;
        }
    }
}
