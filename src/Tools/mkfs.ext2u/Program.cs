namespace Ext2Union.Tools.Mkfs;

/// <summary>mkfs.ext2u: parse, plan, look before overwriting, format, fill.</summary>
internal static class Program
{
    private const int Success = 0;
    private const int Failure = 1;

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
            return Say($"unexpected {bug.GetType().Name}: {bug.Message.ReplaceLineEndings(" ")}; please report it");
        }
    }

    private static int Run(string[] arguments)
    {
        if (!CommandLine.TryParse(arguments, out MkfsRequest? request, out string fault))
        {
            return Say(fault);
        }

        if (request.ShowHelp)
        {
            Console.Out.Write(CommandLine.Help);
            return Success;
        }

        if (request.ShowVersion)
        {
            Console.Error.WriteLine($"mkfs.ext2u {typeof(Program).Assembly.GetName().Version?.ToString(3)}");
            return Success;
        }

        return new MkfsRun(request).Execute() is { } sentence ? Say(sentence) : Success;
    }

    private static int Say(string sentence)
    {
        Console.Error.WriteLine($"mkfs.ext2u: {sentence}");
        return Failure;
    }
}
