using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Descriptors;

/// <summary>A pair of local sockets over which a descriptor can be passed (unix(7), SCM_RIGHTS).</summary>
public static unsafe partial class DescriptorSocket
{
    private const int Local = 1;
    private const int Stream = 1;
    private const int CloseOnExecType = 0x80000;
    private const int CloseOnExecMessage = 0x40000000;
    private const int SocketLevel = 1;
    private const int Rights = 1;

    /// <summary>socketpair(2), both ends close-on-exec. Errors: EMFILE, ENFILE.</summary>
    public static Errno Pair(out int ours, out int theirs)
    {
        int* ends = stackalloc int[2];
        int answer = MakePair(Local, Stream | CloseOnExecType, 0, ends);
        ours = ends[0];
        theirs = ends[1];
        return answer < 0 ? (Errno)Marshal.GetLastPInvokeError() : Errno.None;
    }

    /// <summary>recvmsg(2) of one descriptor. Errors: ENOTCONN when the peer went away without sending one.</summary>
    public static Result<int> Receive(int socket)
    {
        byte data;
        InputVector vector = new() { Base = &data, Length = 1 };
        ControlMessage control = default;
        MessageHeader message = new() { Vectors = &vector, VectorCount = 1, Control = &control, ControlLength = (nuint)sizeof(ControlMessage) };
        nint count;
        do
        {
            count = ReceiveMessage(socket, &message, CloseOnExecMessage);
        }
        while (count < 0 && (Errno)Marshal.GetLastPInvokeError() == Errno.EINTR);
        bool received = count > 0 && control.Level == SocketLevel && control.Type == Rights && control.Length >= 20;
        return received ? control.Descriptor : Errno.ENOTCONN;
    }

    [LibraryImport("libc", EntryPoint = "socketpair", SetLastError = true)]
    private static partial int MakePair(int domain, int type, int protocol, int* ends);

    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    private static partial nint ReceiveMessage(int socket, MessageHeader* message, int flags);

    // struct iovec
    private struct InputVector
    {
        public byte* Base;
        public nuint Length;
    }

    // struct msghdr
    private struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public InputVector* Vectors;
        public nuint VectorCount;
        public ControlMessage* Control;
        public nuint ControlLength;
        public int Flags;
    }

    // struct cmsghdr with one descriptor behind it, padded to CMSG_SPACE(4)
    private struct ControlMessage
    {
        public nuint Length;
        public int Level;
        public int Type;
        public int Descriptor;
        public int Padding;
    }
}
