using Ext2Union.Ext2.Fsck;
using Ext2Union.Linux.Processes;

namespace Ext2Union.Tools.Fsck;

/// <summary>fsck.ext2u: parse, check, exit code.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        // fsck -A closes descriptor 0. What is opened next would then be taken for it: never an image for standard output.
        StandardDescriptors.Ensure();
        if (!CommandLine.TryParse(arguments, out FsckRequest? request, out string fault))
        {
            Terminal.Complain(fault);
            return (int)ExitCode.Usage;
        }
        if (request.ShowHelp)
        {
            Terminal.Write(CommandLine.Help);
            return (int)ExitCode.Clean;
        }
        if (request.ShowVersion)
        {
            Terminal.WriteError($"fsck.ext2u {typeof(Program).Assembly.GetName().Version?.ToString(3)}");
            return (int)ExitCode.Clean;
        }
        using var run = new FsckRun(request);
        return (int)run.Execute();
    }
}
