using System.Text;
using Ext2Union.Linux.Descriptors;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Mounting;

/// <summary>
/// How a process asks something of the daemon behind a mount: an ioctl of our own on the root of the mount, so that nothing has to be found or kept beside it.
/// Question and answer are texts. Only root is answered.
/// </summary>
public static class ControlCall
{
    /// <summary>Bytes of a question and of an answer; what is left of them is zero.</summary>
    public const int Bytes = 4096;

    /// <summary>_IOWR('u', 1, char[4096]).</summary>
    internal const uint Command = 0xC0000000 | (Bytes << 16) | ('u' << 8) | 1;

    /// <summary>Asks. Errors: ENOTTY for what is no mount of ours, EPERM, E2BIG for too long a question, ENOTCONN for a dead mount.</summary>
    public static Result<string> Ask(string mountPoint, string question)
    {
        if (Encoding.UTF8.GetByteCount(question) >= Bytes)
        {
            return Errno.E2BIG;
        }

        if (!DescriptorCalls.Open(mountPoint, DescriptorCalls.Directory | DescriptorCalls.CloseOnExec).TryGet(out int descriptor, out Errno error))
        {
            return error;
        }

        byte[] text = new byte[Bytes];
        Write(question, text);
        error = DescriptorCalls.InputOutputControl(descriptor, Command, text);
        DescriptorCalls.Close(descriptor);
        return error == Errno.None ? TextOf(text) : error;
    }

    /// <summary>The text in the bytes.</summary>
    internal static string TextOf(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }

    /// <summary>Writes a text, as much of it as there is room for.</summary>
    internal static void Write(string text, Span<byte> bytes)
    {
        const int MostBytesOfCharacter = 3;
        bytes.Clear();
        int room = bytes.Length - 1;

        // An answer is never empty for want of room: empty means that it is done.
        string fitting = Encoding.UTF8.GetByteCount(text) <= room ? text : text[..(room / MostBytesOfCharacter)];
        _ = Encoding.UTF8.GetBytes(fitting, bytes[..room]);
    }
}
