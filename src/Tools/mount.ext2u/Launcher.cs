using System.Collections;
using System.Runtime.InteropServices;
using System.Text;
using Ext2Union.Linux.Descriptors;
using Ext2Union.Linux.Processes;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>
/// Starts this program once more as the daemon and waits for its report. A process with a runtime cannot fork, so it is executed anew; the
/// arguments go along as the bytes they were, for names need not be UTF-8.
/// </summary>
internal static class Launcher
{
    // systemd's sign for a process that it must not kill at shutdown because the root file system needs it; it looks at the first byte of argv[0].
    private const string Spared = "@";
    private const string SignOfInitrd = "/etc/initrd-release";

    /// <summary>Runs the daemon. Answers the exit status once the mount is live or has failed.</summary>
    /// <param name="servesRoot">The mount belongs to the root file system. What is mounted from an initrd does in any case.</param>
    public static int Run(bool servesRoot)
    {
        string program = new FileInfo("/proc/self/exe").LinkTarget ?? "/proc/self/exe";
        if (DescriptorCalls.Pipe(out int readEnd, out int writeEnd) is var error and not Errno.None)
        {
            return Say(ExitStatus.System, $"a pipe cannot be made ({error}); raise the limit of open files");
        }

        // What our caller left open must not stay open in the daemon: somebody may wait for its end.
        DescriptorCalls.CloseOnExecFrom(3);
        byte[][] arguments = SplitZeroEnded(File.ReadAllBytes("/proc/self/cmdline"));
        if (servesRoot || File.Exists(SignOfInitrd))
        {
            arguments[0] = Bytes(Spared + Path.GetFileName(program));
        }

        if (!ChildProcess.StartDetached(program, arguments, EnvironmentOfDaemon(), writeEnd).TryGet(out int process, out error))
        {
            return Say(ExitStatus.System, $"{program} cannot be started ({error}); try --foreground");
        }

        DescriptorCalls.Close(writeEnd);
        byte[] report = new byte[16384];
        int length;
        bool isInterrupted = false;
        void Interrupt(PosixSignalContext context)
        {
            // The daemon has a session of its own, so the terminal's signal does not reach it.
            context.Cancel = true;
            Volatile.Write(ref isInterrupted, true);
            ChildProcess.Terminate(process);
        }

        using (PosixSignalRegistration.Create(PosixSignal.SIGINT, Interrupt))
        using (PosixSignalRegistration.Create(PosixSignal.SIGTERM, Interrupt))
        {
            _ = DescriptorCalls.ReadToEnd(readEnd, report, out length);
        }

        if (Volatile.Read(ref isInterrupted))
        {
            _ = ChildProcess.Wait(process);
            return Say(ExitStatus.Interrupted, "interrupted; nothing is mounted, run it again");
        }

        if (length == 0)
        {
            int status = ChildProcess.Wait(process);
            return Say(ExitStatus.Bug, $"the daemon ended with status {status} before the mount was live; try --foreground");
        }

        if (report[0] != ExitStatus.Success)
        {
            // It ends at once. A daemon that lives on is left to init.
            _ = ChildProcess.Wait(process);
        }

        using Stream output = Console.OpenStandardError();
        output.Write(report.AsSpan(1, length - 1));
        return report[0];
    }

    // The diagnostic socket of the runtime would lie around in /tmp for as long as the mount lives; mapping code twice (W^X) costs start-up time.
    private static byte[][] EnvironmentOfDaemon()
    {
        List<byte[]> all = [Bytes(StartupPipe.Variable + "=3"), Bytes("DOTNET_EnableDiagnostics=0"), Bytes("DOTNET_EnableWriteXorExecute=0")];
        foreach (DictionaryEntry variable in Environment.GetEnvironmentVariables())
        {
            all.Add(Bytes($"{variable.Key}={variable.Value}"));
        }

        return [.. all];
    }

    private static byte[][] SplitZeroEnded(byte[] block)
    {
        List<byte[]> parts = [];
        for (int start = 0; start < block.Length;)
        {
            int length = block.AsSpan(start).IndexOf((byte)0) + 1;
            parts.Add(block[start..(start + (length == 0 ? block.Length - start : length))]);
            start += parts[^1].Length;
        }

        return [.. parts];
    }

    private static byte[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text), 0];

    private static int Say(int status, string sentence)
    {
        Console.Error.Write($"mount.ext2u: {sentence}\n");
        return status;
    }
}
