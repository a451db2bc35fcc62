using Ext2Union.Fuse.Protocol;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Tests;

/// <summary>Garbage per request is what the slowest requests of a busy mount are made of: the common ones make none.</summary>
public sealed class AllocationTests : IDisposable
{
    private const int WarmUp = 50;
    private const int Rounds = 200;

    private readonly TmpfsFileSystem fileSystem = new(new TmpfsOptions());
    private readonly Requester kernel;
    private readonly ulong file;
    private readonly ulong handle;
    private readonly byte[] name = Requester.Name("file");
    private readonly byte[] data = new byte[4096];

    public AllocationTests()
    {
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

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
