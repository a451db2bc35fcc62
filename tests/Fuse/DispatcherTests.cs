using Ext2Union.Fuse.Protocol;
using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Tests;

/// <summary>The rules of the protocol that a mount shows only in rare moments.</summary>
public sealed class DispatcherTests : IDisposable
{
    private readonly TmpfsFileSystem fileSystem = new(new TmpfsOptions { Mode = 0x1FF });
    private readonly Lines log = new();
    private readonly Requester kernel;

    public DispatcherTests() => kernel = new Requester(fileSystem, log);

    public void Dispose()
    {
        kernel.Dispose();
        fileSystem.Dispose();
    }

    [Fact]
    public void AnAbsentNameIsAnAnswerThatCanBeKept()
    {
        Assert.Equal(0UL, kernel.Lookup(NodeTable.RootNode, "absent"));
        Assert.True(kernel.Reply<EntryOut>().EntryValidSeconds > 1000);
    }

    [Fact]
    public void ALongNameIsRefusedWithoutAskingTheLayer() =>
        Assert.Equal(Errno.ENAMETOOLONG, kernel.Send(Opcode.Lookup, NodeTable.RootNode, Requester.Name(new string('x', 256))));

    [Fact]
    public void LookupsAreCountedAndForgotten()
    {
        ulong node = kernel.Create(NodeTable.RootNode, "a", out _);
        Assert.Equal(node, kernel.Lookup(NodeTable.RootNode, "a"));
        Assert.Equal(1, kernel.Tree.Nodes.Count);
        ForgetIn one = new() { LookupCount = 1 };
        _ = kernel.Send(Opcode.Forget, node, in one, []);
        Assert.Equal(1, kernel.Tree.Nodes.Count);
        BatchForgetIn batch = new() { Count = 1 };
        byte[] rest = [.. BitConverter.GetBytes(node), .. BitConverter.GetBytes(1UL)];
        _ = kernel.Send(Opcode.BatchForget, NodeTable.RootNode, in batch, rest);
        Assert.Equal(0, kernel.Exchange.ReplyLength);
        Assert.Equal(0, kernel.Tree.Nodes.Count);
    }

    [Fact]
    public void OneOpenOfADirectoryAtATimeFillsTheKernelsCache()
    {
        ulong handle = Open(out bool isCached), other = Open(out bool isOtherCached);
        Assert.True(isCached);
        Assert.False(isOtherCached);
        Close(other);
        ulong third = Open(out bool isThirdCached);
        Assert.False(isThirdCached);
        Close(handle);
        _ = Open(out bool isCachedAgain);
        Assert.True(isCachedAgain);
        Close(third);

        ulong Open(out bool cached)
        {
            OpenIn wanted = default;
            Assert.Equal(Errno.None, kernel.Send(Opcode.OpenDirectory, NodeTable.RootNode, in wanted, []));
            cached = (kernel.Reply<OpenOut>().Flags & OpenReply.CacheDirectory) != 0;
            return kernel.Reply<OpenOut>().Handle;
        }

        void Close(ulong opened)
        {
            ReleaseIn wanted = new() { Handle = opened };
            Assert.Equal(Errno.None, kernel.Send(Opcode.ReleaseDirectory, NodeTable.RootNode, in wanted, []));
        }
    }

    [Fact]
    public void ABatchThatPromisesMoreThanItHoldsIsReadToItsEnd()
    {
        BatchForgetIn batch = new() { Count = uint.MaxValue };
        Assert.Equal(Errno.None, kernel.Send(Opcode.BatchForget, NodeTable.RootNode, in batch, new byte[40]));
    }

    [Fact]
    public void AForgottenNodeIsFoundAgainByItsNumber()
    {
        ulong node = kernel.Create(NodeTable.RootNode, "a", out _);
        uint generation = (uint)kernel.Reply<CreateOut>().Entry.Generation;
        ForgetIn one = new() { LookupCount = 1 };
        _ = kernel.Send(Opcode.Forget, node, in one, []);
        Assert.Equal(Errno.ESTALE, kernel.Send(Opcode.GetAttributes, node, []));
        Assert.Equal(node, kernel.Lookup(node, "."));
        Assert.Equal(generation, kernel.Reply<EntryOut>().Generation);
        Assert.Equal(NodeTable.RootNode, kernel.Lookup(NodeTable.RootNode, ".."));
    }

    [Fact]
    public void ARequestThatIsTooShortIsRefused() => Assert.Equal(Errno.EINVAL, kernel.Send(Opcode.Write, NodeTable.RootNode, new byte[8]));

    [Fact]
    public void AWriteThatPromisesMoreThanItHoldsIsRefused()
    {
        ulong node = kernel.Create(NodeTable.RootNode, "a", out ulong handle);
        WriteIn wanted = new() { Handle = handle, Size = 5000 };
        Assert.Equal(Errno.EINVAL, kernel.Send(Opcode.Write, node, in wanted, new byte[100]));
    }

    [Fact]
    public void EveryOpcodeWithAnyBodyIsAnsweredWithoutABug()
    {
        const int Seed = 20110313;
        Random random = new(Seed);
        byte[] body = new byte[300];
        for (int i = 0; i < 20_000; i++)
        {
            random.NextBytes(body);
            if (random.Next(2) == 0)
            {
                Array.Clear(body, 0, 64);
            }

            _ = kernel.Send((Opcode)random.Next(1, 60), NodeTable.RootNode + (ulong)random.Next(3), body.AsSpan(0, random.Next(body.Length)));
        }

        string[] bugs = [.. log.All.Where(line => line.Contains("failed:", StringComparison.Ordinal))];
        Assert.True(bugs.Length == 0, $"seed {Seed}: {string.Join('\n', bugs.Take(5))}");
    }

    [Fact]
    public void ABugIsAnErrorAndALineAndNotTheEnd()
    {
        using Requester other = new(new FaultyFileSystem(fileSystem), log);
        Assert.Equal(Errno.EIO, other.Send(Opcode.Statistics, NodeTable.RootNode, []));
        Assert.Contains("InvalidOperationException", Assert.Single(log.All));
        Assert.Equal(Errno.None, other.Send(Opcode.GetAttributes, NodeTable.RootNode, []));
    }

    [Fact]
    public void TrustedNamesAreHiddenFromTheUnprivileged()
    {
        ulong node = kernel.Create(NodeTable.RootNode, "a", out _);
        foreach (string name in new[] { "trusted.one", "user.two", "trusted.three", "user.four" })
        {
            SetXattrIn wanted = new() { Size = 1 };
            Assert.Equal(Errno.None, kernel.Send(Opcode.SetXattr, node, in wanted, [.. Requester.Name(name), 7]));
        }

        GetXattrIn room = new() { Size = 1000 };
        Assert.Equal(Errno.None, kernel.Send(Opcode.ListXattr, node, in room, []));
        Assert.Contains("trusted.one", System.Text.Encoding.UTF8.GetString(kernel.ReplyBytes));
        kernel.UserId = 1000;
        Assert.Equal(Errno.None, kernel.Send(Opcode.ListXattr, node, in room, []));
        string shown = System.Text.Encoding.UTF8.GetString(kernel.ReplyBytes);
        Assert.DoesNotContain("trusted", shown);
        Assert.Contains("user.two\0", shown);
        Assert.Contains("user.four\0", shown);
    }

    [Fact]
    public void OnlyWhatCanChangeSomethingCallsForACommit()
    {
        ulong node = kernel.Create(NodeTable.RootNode, "a", out ulong handle);
        Assert.True(kernel.Tree.TakeChange());
        _ = kernel.Lookup(NodeTable.RootNode, "a");
        _ = kernel.Send(Opcode.GetAttributes, node, []);
        ReadIn read = new() { Handle = handle, Size = 100 };
        _ = kernel.Send(Opcode.Read, node, in read, []);
        OpenIn open = new();
        _ = kernel.Send(Opcode.Open, node, in open, []);
        Assert.False(kernel.Tree.TakeChange());
        WriteIn write = new() { Handle = handle, Size = 1 };
        _ = kernel.Send(Opcode.Write, node, in write, [1]);
        Assert.True(kernel.Tree.TakeChange());

        // The object without a name goes with the kernel's last lookup of it, and its space has to be given back on disk too.
        _ = kernel.Send(Opcode.Unlink, NodeTable.RootNode, Requester.Name("a"));
        Assert.True(kernel.Tree.TakeChange());
        ForgetIn all = new() { LookupCount = 2 };
        _ = kernel.Send(Opcode.Forget, node, in all, []);
        Assert.True(kernel.Tree.TakeChange());
    }

    [Fact]
    public void AWriteByAnotherTakesSetIdsAway()
    {
        ulong node = kernel.Create(NodeTable.RootNode, "a", out ulong handle);
        SetAttributesIn mode = new() { Fields = SetAttributesFields.Mode, Mode = 0x81FF | ModeBits.SetUserId | ModeBits.SetGroupId };
        Assert.Equal(Errno.None, kernel.Send(Opcode.SetAttributes, node, in mode, []));
        WriteIn wanted = new() { Handle = handle, Size = 1, WriteFlags = 4 };
        Assert.Equal(Errno.None, kernel.Send(Opcode.Write, node, in wanted, [1]));
        Assert.Equal(Errno.None, kernel.Send(Opcode.GetAttributes, node, []));
        Assert.Equal(0x1FFu, kernel.Reply<AttributesOut>().Attributes.Mode & ModeBits.PermissionMask);
    }

    [Fact]
    public void AListingCanBeResumedAtEveryEntry()
    {
        const int Files = 25;
        for (int i = 0; i < Files; i++)
        {
            _ = kernel.Create(NodeTable.RootNode, "file" + i, out _);
        }

        // Room for a single entry at a time.
        List<string> names = [];
        ReadIn wanted = new() { Size = 48 };
        while (true)
        {
            Assert.Equal(Errno.None, kernel.Send(Opcode.ReadDirectory, NodeTable.RootNode, in wanted, []));
            if (kernel.ReplyBytes.Length == 0)
            {
                break;
            }

            ref ListedEntry entry = ref kernel.Reply<ListedEntry>();
            names.Add(System.Text.Encoding.UTF8.GetString(kernel.ReplyBytes.Slice(24, (int)entry.NameLength)));
            wanted.Offset = entry.Offset;
        }

        Assert.Equal([".", ".."], names.Take(2));
        Assert.Equal(Files + 2, names.Distinct().Count());
        Assert.Equal(Files + 2, names.Count);
    }

    private sealed class Lines : EventLog
    {
        public List<string> All { get; } = [];

        public override void Report(string line) => All.Add(line);
    }
}
