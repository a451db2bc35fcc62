using System.Text;
using Ext2Union.Linux.Descriptors;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Fsck;

/// <summary>
/// Descriptors 0 to 2 as they are. <see cref="Console"/> would switch a terminal to modes of its own and edit lines itself; the kernel does that well
/// enough, and what is recorded of a session holds no control sequences.
/// </summary>
internal static class Terminal
{
    private const int MostLineBytes = 4096;
    private static bool isOutputLost;

    /// <summary>Whether somebody can be asked.</summary>
    public static bool CanAsk => !Console.IsInputRedirected && !Console.IsOutputRedirected;

    /// <summary>Whether what is printed is seen at once, so that a bar makes sense.</summary>
    public static bool IsSeen => !Console.IsOutputRedirected;

    /// <summary>What somebody types up to Enter; null at the end of input.</summary>
    public static unsafe string? ReadLine()
    {
        byte* line = stackalloc byte[MostLineBytes];
        Errno error;
        int length;
        do
        {
            error = DescriptorCalls.Read(0, line, MostLineBytes, out length);
        }
        while (error == Errno.EINTR);
        return error != Errno.None || length == 0 ? null : Encoding.UTF8.GetString(line, length);
    }

    /// <summary>A line on standard output.</summary>
    public static void WriteLine(string text) => Write(text + "\n");

    /// <summary>Text on standard output. A repair is not left half done because the disk that takes its transcript is full: that is said once.</summary>
    public static void Write(string text)
    {
        Errno error = isOutputLost ? Errno.None : DescriptorCalls.WriteAll(1, Encoding.UTF8.GetBytes(text));
        if (error != Errno.None)
        {
            isOutputLost = true;
            Complain(error == Errno.EPIPE ? "nobody reads standard output any more; the check goes on" : $"standard output cannot be written ({error}); the check goes on");
        }
    }

    /// <summary>A sentence of the tool itself, on standard error.</summary>
    public static void Complain(string sentence) => WriteError("fsck.ext2u: " + sentence);

    /// <summary>A line on standard error. Where that is lost there is nobody to tell.</summary>
    public static void WriteError(string line) => _ = DescriptorCalls.WriteAll(2, Encoding.UTF8.GetBytes(line + "\n"));
}
