using Ext2Union.Fuse.Protocol;
using Ext2Union.Linux.Descriptors;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse;

/// <summary>An open /dev/fuse: where requests come from and replies go to.</summary>
public sealed unsafe class FuseDevice : IDisposable
{
    private const string Path = "/dev/fuse";

    // ECONNABORTED: what ENODEV says, where the mount went while a request was being handed over.
    private const Errno ConnectionAborted = (Errno)103;

    private int descriptor;

    /// <summary>Takes over a descriptor of /dev/fuse.</summary>
    public FuseDevice(int descriptor) => this.descriptor = descriptor;

    /// <summary>The descriptor, for mount(2).</summary>
    public int Descriptor => descriptor;

    /// <summary>Opens the device. Errors: ENOENT and ENODEV without the kernel module, EACCES.</summary>
    public static Result<FuseDevice> Open() =>
        DescriptorCalls.Open(Path, DescriptorCalls.ReadWrite | DescriptorCalls.CloseOnExec).TryGet(out int opened, out Errno error)
            ? new FuseDevice(opened)
            : error;

    /// <summary>Waits for a request. Errors: ENODEV when the mount is gone; EINTR, EAGAIN and ENOENT ask for another try.</summary>
    internal Errno Read(Exchange exchange)
    {
        Errno error = DescriptorCalls.Read(descriptor, exchange.RequestMemory, Exchange.RequestCapacity, out int length);
        exchange.RequestLength = length;
        return error == ConnectionAborted ? Errno.ENODEV : error;
    }

    /// <summary>Sends the reply. Errors: EINVAL for a malformed one; ENOENT, which means that nobody waits for it any more, is none.</summary>
    internal Errno Reply(Exchange exchange)
    {
        Errno error;
        do
        {
            error = DescriptorCalls.Write(descriptor, exchange.ReplyMemory, exchange.ReplyLength, out _);
        }
        while (error == Errno.EINTR);
        return error is Errno.ENOENT or Errno.ENODEV ? Errno.None : error;
    }

    /// <summary>
    /// Has the kernel ask anew for the attributes of a node. Only from a thread that serves no request: the kernel may wait for one.
    /// </summary>
    internal void InvalidateAttributes(ulong node)
    {
        InvalidateInode notice = new() { Length = (uint)sizeof(InvalidateInode), Code = InvalidateInode.NoticeCode, Node = node, Offset = -1 };
        _ = DescriptorCalls.Write(descriptor, (byte*)&notice, sizeof(InvalidateInode), out _);
    }

    /// <summary>Closes the descriptor; the last one ends the connection and every request under way.</summary>
    public void Dispose()
    {
        int open = Interlocked.Exchange(ref descriptor, -1);
        if (open >= 0)
        {
            DescriptorCalls.Close(open);
        }
    }
}
