using System.Text;
using Ext2Union.Linux.Descriptors;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>
/// How the daemon tells the process that started it what became of the mount: one byte with the exit status, then lines for standard error, then the end of
/// the pipe. The end without a byte means that the daemon died.
/// </summary>
internal sealed class StartupPipe
{
    /// <summary>The environment variable that makes a process the daemon.</summary>
    public const string Variable = "EXT2U_STARTUP_PIPE";

    /// <summary>The number the pipe has in the daemon; the runtime opens its own descriptors behind it.</summary>
    public const int Descriptor = 3;

    private StartupPipe()
    {
    }

    /// <summary>The pipe of a daemon; null in a process that a user started.</summary>
    public static StartupPipe? OfThisProcess()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not "3")
        {
            return null;
        }

        Environment.SetEnvironmentVariable(Variable, null);
        DescriptorCalls.CloseOnExecFrom(Descriptor);
        return new StartupPipe();
    }

    /// <summary>Sends the report and closes the pipe. False: nobody reads it any more.</summary>
    public bool Report(int status, string lines)
    {
        bool isHeard = DescriptorCalls.WriteAll(Descriptor, [(byte)status, .. Encoding.UTF8.GetBytes(lines)]) == Errno.None;
        DescriptorCalls.Close(Descriptor);
        return isHeard;
    }
}
