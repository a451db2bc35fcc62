namespace Ext2Union.Tools.Mount;

/// <summary>mount.ext2u: parse, start the daemon, wait until the mount is live, exit.</summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        try
        {
            return Run(arguments);
        }
#pragma warning disable CA1031 // A bug must not show as a stack trace.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            return Say(new Refusal(ExitStatus.Bug, $"unexpected {bug.GetType().Name}: {bug.Message.ReplaceLineEndings(" ")}; please report it"));
        }
    }

    private static int Run(string[] arguments)
    {
        if (Array.Exists(arguments, argument => argument is "--help" or "-h"))
        {
            Console.Out.Write(CommandLine.Help);
            return ExitStatus.Success;
        }

        if (Array.Exists(arguments, argument => argument is "--version" or "-V"))
        {
            Console.Out.WriteLine($"mount.ext2u {typeof(Program).Assembly.GetName().Version?.ToString(3)}");
            return ExitStatus.Success;
        }

        if (StartupPipe.OfThisProcess() is { } pipe)
        {
            return RunDaemon(arguments, pipe);
        }

        if (CommandLine.Parse(arguments, out Refusal? refusal) is not { } request)
        {
            return Say(refusal!);
        }

        if (request.Options.Remount)
        {
            return Remounting.Run(request) is { } why ? Say(why) : ExitStatus.Success;
        }

        if (request.Foreground || request.Fake)
        {
            return new Daemon(request, new StandardErrorLog()).Run(Announce);
        }

        return Launcher.Run(request.Options.ServesRoot);
    }

    private static int RunDaemon(string[] arguments, StartupPipe pipe)
    {
        if (CommandLine.Parse(arguments, out Refusal? refusal) is not { } request)
        {
            _ = pipe.Report(refusal!.ExitStatus, Line(refusal.Sentence));
            return refusal.ExitStatus;
        }

        // One report for all: what was noted on the way and the outcome. False: nobody waits for it any more.
        bool Report(int status, IReadOnlyList<string> notes) => pipe.Report(status, string.Concat(notes.Select(Line)));
        return new Daemon(request, new DaemonLog()).Run(Report);
    }

    private static bool Announce(int status, IReadOnlyList<string> notes)
    {
        foreach (string note in notes)
        {
            Console.Error.Write(Line(note));
        }

        return true;
    }

    private static int Say(Refusal refusal)
    {
        Console.Error.Write(Line(refusal.Sentence));
        return refusal.ExitStatus;
    }

    private static string Line(string sentence) => $"mount.ext2u: {sentence}\n";
}
