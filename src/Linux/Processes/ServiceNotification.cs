using System.Net.Sockets;
using System.Text;

namespace Ext2Union.Linux.Processes;

/// <summary>
/// What a service tells its manager (sd_notify(3)): datagrams to the socket that NOTIFY_SOCKET names. Without one, and when nobody takes them, nothing
/// happens: a mount must not fail because nobody watches it.
/// </summary>
public static class ServiceNotification
{
    private const string Variable = "NOTIFY_SOCKET";

    /// <summary>The mount is live.</summary>
    public static void Ready(string status) => Send($"READY=1\nSTATUS={status}");

    /// <summary>The service is about to end.</summary>
    public static void Stopping(string status) => Send($"STOPPING=1\nSTATUS={status}");

    private static void Send(string message)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 1 } name)
        {
            return;
        }

        try
        {
            // A name that begins with @ is one of the abstract name space.
            UnixDomainSocketEndPoint manager = new(name[0] == '@' ? "\0" + name[1..] : name);
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            _ = socket.SendTo(Encoding.UTF8.GetBytes(message), manager);
        }
        catch (Exception refusal) when (refusal is SocketException or ArgumentException)
        {
            // The manager is gone, or it never was one.
        }
    }
}
