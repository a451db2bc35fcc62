using System.CommandLine;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Fsck;

namespace Ext2Union.Tools.Fsck;

/// <summary>The command line of fsck.ext2u(8): what fsck(8) passes on, and what people type after e2fsck.</summary>
internal sealed class FsckCommand
{
    private readonly Argument<string[]> images = new("IMAGE") { Description = "Image file or block device", Arity = ArgumentArity.ZeroOrMore };
    private readonly Option<bool> preen = new("-p", "-a") { Description = "Repair what is safe, without questions" };
    private readonly Option<bool> no = new("-n") { Description = "Change nothing; answer no to every question" };
    private readonly Option<bool> yes = new("-y") { Description = "Answer yes to every question" };
    private readonly Option<bool> ask = new("-r") { Description = "Ask before each repair (as without -p, -n and -y)" };
    private readonly Option<bool> force = new("-f") { Description = "Check even if the volume is marked clean" };
    private readonly Option<bool> verbose = new("-v") { Description = "Be verbose" };
    private readonly Option<bool> times = new("-t") { Description = "Show the time of each pass", AllowMultipleArgumentsPerToken = false };
    private readonly Option<bool> compact = new("-D") { Description = "Write directories anew, compact and indexed; marks are kept" };
    private readonly Option<uint?> superblock = new("-b") { Description = "Use the superblock at this block", HelpName = "BLOCK" };
    private readonly Option<int?> blockBytes = new("-B") { Description = "Bytes of a block, for -b", HelpName = "BYTES" };
    private readonly Option<int?> progress = new("-C") { Description = "Report progress to this descriptor; 0: a bar", HelpName = "FD" };
    private readonly Option<string[]> extended = new("-E") { Description = "Extended options: clear_marks", HelpName = "OPTION[,...]" };
    private readonly Option<bool> listMarks = new("--list-marks") { Description = "Print marks, incomplete and indexed copies, and lowers; check nothing" };
    private readonly Option<bool> version = new("-V") { Description = "Print the version" };
    private readonly RootCommand root = new("Check and repair an ext2 volume, union marks included.");

    // Options of e2fsck and of later versions that would be wrong to accept without doing what they say.
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["-z"] = "no undo file is written; copy the image first (cp --sparse=always)",
        ["-c"] = "blocks are not tested for being readable; use badblocks(8)",
        ["-l"] = "the list of bad blocks cannot be changed",
        ["-L"] = "the list of bad blocks cannot be changed",
        ["-j"] = "volumes with journals are e2fsck's",
        ["--json"] = "there is no JSON output yet",
        ["--lower"] = "a top is not yet compared with its lowers",
    };

    private FsckCommand()
    {
        root.Arguments.Add(images);
        foreach (Option option in (Option[])[preen, no, yes, ask, force, verbose, times, compact, superblock, blockBytes, progress, extended, listMarks, version])
        {
            root.Options.Add(option);
        }
        // Its long name stays; -V is what fsck(8) passes.
        _ = root.Options.Remove(root.Options.First(option => option is VersionOption));
    }

    public static int Run(string[] arguments)
    {
        foreach (string argument in arguments.TakeWhile(argument => argument != "--"))
        {
            string key = argument.StartsWith("--", StringComparison.Ordinal) ? argument.Split('=')[0] : argument.Length > 2 ? argument[..2] : argument;
            if (Refused.TryGetValue(key, out string? why))
            {
                return Fail(ExitCode.Usage, $"{key}: {why}");
            }
        }
        var command = new FsckCommand();
        ParseResult parsed = command.root.Parse(arguments, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Action is System.CommandLine.Help.HelpAction)
        {
            return parsed.Invoke();
        }
        return parsed.Errors.Count > 0 ? Fail(ExitCode.Usage, parsed.Errors[0].Message) : command.Execute(parsed, arguments);
    }

    private int Execute(ParseResult parsed, string[] arguments)
    {
        if (parsed.GetValue(version))
        {
            Console.Error.WriteLine($"fsck.ext2u {typeof(FsckCommand).Assembly.GetName().Version?.ToString(3)}");
            return (int)ExitCode.Clean;
        }
        string[] named = parsed.GetValue(images) ?? [];
        bool mayBeDashed = arguments.Contains("--");
        if (named.Length != 1 || (named[0].StartsWith('-') && !mayBeDashed))
        {
            string? unknown = mayBeDashed ? null : Array.Find(named, name => name.StartsWith('-'));
            string what = named.Length == 0 ? "which image or device?"
                : unknown is null ? "one image or device at a time." : $"there is no option {unknown}.";
            return Fail(ExitCode.Usage, $"{what} Usage: fsck.ext2u [-p|-n|-y] [-f] [-v] IMAGE; fsck.ext2u --help lists all options");
        }
        if (((bool[])[parsed.GetValue(preen), parsed.GetValue(no), parsed.GetValue(yes)]).Count(isSet => isSet) > 1)
        {
            return Fail(ExitCode.Usage, "only one of -p (-a), -n and -y may be given");
        }
        if (parsed.GetValue(listMarks) && Array.Find((Option<bool>[])[preen, yes, ask, force, compact], parsed.GetValue) is { } meaningless)
        {
            return Fail(ExitCode.Usage, $"{meaningless.Name} does not go with --list-marks, which checks and changes nothing; leave one of them out");
        }
        if (!ExtendedOptions.TryParse(parsed.GetValue(extended) ?? [], out ExtendedOptions wishes, out string unknownWord))
        {
            return Fail(ExitCode.Usage, $"there is no extended option '{unknownWord}'; -E takes clear_marks");
        }
        if (wishes.ClearMarks && (parsed.GetValue(preen) || parsed.GetValue(listMarks)))
        {
            string other = parsed.GetValue(preen) ? "-p" : "--list-marks";
            return Fail(ExitCode.Usage, $"-E clear_marks does not go with {other}; give -n to see what it would do, -y or a terminal to do it");
        }
        CheckMode mode = parsed.GetValue(preen) ? CheckMode.Preen
            : parsed.GetValue(no) || parsed.GetValue(listMarks) ? CheckMode.No
            : parsed.GetValue(yes) ? CheckMode.Yes : CheckMode.Ask;
        if (mode == CheckMode.Ask && (Console.IsInputRedirected || Console.IsOutputRedirected))
        {
            return Fail(ExitCode.Operational, "a terminal is needed to ask questions; give -p, -n or -y");
        }
        return Open(parsed, named[0], mode, wishes);
    }

    private int Open(ParseResult parsed, string image, CheckMode mode, ExtendedOptions wishes)
    {
        bool isReader = mode == CheckMode.No;
        DeviceAccess access = isReader ? DeviceAccess.ReadOnly : DeviceAccess.ReadWrite;
        DeviceSharing sharing = isReader ? DeviceSharing.Shared : DeviceSharing.Exclusive;
        if (!FileBlockDevice.TryOpen(image, access, sharing, out FileBlockDevice? device, out OpenRefusal? refusal))
        {
            return Fail(ExitCode.Operational, refusal.Message);
        }
        using (device)
        {
            if (parsed.GetValue(listMarks))
            {
                return (int)MarkList.Print(device, image, Console.Out.WriteLine, Console.Error.WriteLine);
            }
            using var terminal = new TerminalInteraction(image, parsed.GetValue(progress));
            var options = new CheckOptions
            {
                Mode = mode,
                Force = parsed.GetValue(force),
                Verbose = parsed.GetValue(verbose),
                Times = parsed.GetValue(times),
                CompactDirectories = parsed.GetValue(compact),
                ClearMarks = wishes.ClearMarks,
                SuperblockBlock = parsed.GetValue(superblock),
                BlockBytes = parsed.GetValue(blockBytes),
                Name = image,
            };
            return RunChecker(device, options, terminal);
        }
    }

    // The barrier of the tool: a fault of the checker is one line, and the volume stays marked as not clean.
    private static int RunChecker(FileBlockDevice device, CheckOptions options, TerminalInteraction terminal)
    {
        try
        {
            return (int)Checker.Run(device, options, terminal).Exit;
        }
        catch (Exception fault) when (fault is not OutOfMemoryException)
        {
            return Fail(
                ExitCode.Operational,
                $"{options.Name}: a fault in fsck.ext2u itself ({fault.GetType().Name}: {fault.Message}); keep a copy of the image and report it");
        }
    }

    private static int Fail(ExitCode exit, string message)
    {
        Console.Error.WriteLine("fsck.ext2u: " + message);
        return (int)exit;
    }
}
