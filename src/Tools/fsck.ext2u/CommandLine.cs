using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Ext2Union.Ext2.Fsck;

namespace Ext2Union.Tools.Fsck;

/// <summary>The command line of fsck.ext2u(8): what fsck(8) passes on, and what people type after e2fsck(8).</summary>
internal static class CommandLine
{
    public const string Help = """
        Usage: fsck.ext2u [options] DEVICE|IMAGE

        Checks and repairs a volume of ext2, union marks included.

          -p  -a       repair what is safe, without questions
          -n           change nothing; answer no to every question
          -y           answer yes to every question
          -r           ask before each repair (the default)
          -f           check even if the volume is marked clean
          -v           print a long summary
          -t  -tt      print time, memory and I/O at the end; of each pass
          -d           print what each pass gathered, on standard error
          -b BLOCK     use the superblock at this block
          -B BYTES     bytes of a block, for -b
          -C FD        report progress to this descriptor; 0: a bar
          -D           write directories anew, compact and indexed; marks are kept
          -E LIST      clear_marks (remove all marks of a union), fixes_only; for scripts of e2fsck:
                       ea_ver=2, nodiscard, no_optimize_extents, no_inode_count_fullmap
          --lower=LAYER[:LAYER...]
                       compare a top with the layers it lies on, the highest first
          -z FILE      keep what is overwritten in this file
          --undo FILE  write back what a check with -z FILE overwrote; -f also on a changed volume
          --json       print one JSON object a line for each problem, and a summary; with -p, -n or -y
          --list-marks print marks, incomplete and indexed copies, and lowers; check nothing
          -V --version show the version
          -h --help    show this text

        """;

    private const string Usage = "Usage: fsck.ext2u [-p|-n|-y] [-f] [-v] IMAGE; fsck.ext2u --help lists all options";
    private const string LowerPrefix = "--lower=";
    private const string Shape = "pacnyrdfkvtDFVhSb:B:l:L:C:j:E:z:";

    // Options of e2fsck that would be wrong to accept without doing what they say.
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["c"] = "blocks are not tested for being readable; use badblocks(8)",
        ["k"] = "it goes with -c, which is not there; use badblocks(8)",
        ["l"] = "the list of bad blocks cannot be changed",
        ["L"] = "the list of bad blocks cannot be changed",
        ["j"] = "volumes with journals are e2fsck's",
        ["F"] = "buffers are not dropped before the check; write to /proc/sys/vm/drop_caches for that",
        ["S"] = "superblocks alone are not written; -b repairs from a backup",
    };

    /// <summary>Reads a command line. False: <paramref name="fault"/> is the sentence for the user.</summary>
    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out FsckRequest? request, out string fault)
    {
        request = null;
        if (!GetOpt.TryParse("fsck.ext2u", arguments, Shape, out GetOpt parsed, out fault))
        {
            return false;
        }
        var result = new FsckRequest();
        foreach ((string name, string value) in parsed.Options)
        {
            if (!TryApply(name, value, ref result, out fault))
            {
                return false;
            }
        }
        if (!result.ShowHelp && !result.ShowVersion && (!TryOperands(parsed.Operands, ref result, out fault) || !AreCompatible(result, parsed, out fault)))
        {
            return false;
        }
        request = result;
        return true;
    }

    private static bool TryOperands(IReadOnlyList<string> operands, ref FsckRequest request, out string fault)
    {
        if (request.Undo && request.UndoFile is null && operands.Count == 2)
        {
            request = request with { UndoFile = operands[0], Image = operands[1] };
            fault = "";
            return true;
        }
        fault = request.Undo && operands.Count != 1 ? "--undo takes an undo file and an image: fsck.ext2u --undo FILE IMAGE"
            : operands.Count == 0 ? $"which image or device? {Usage}" : operands.Count > 1 ? $"one image or device at a time. {Usage}"
            : operands[0].Length == 0 ? $"the name of the image is empty. {Usage}" : "";
        request = request with { Image = operands.Count == 1 ? operands[0] : "" };
        return fault.Length == 0;
    }

    private static bool AreCompatible(FsckRequest request, GetOpt parsed, out string fault)
    {
        fault = "";
        if (request.CompactDirectories && request.Mode == CheckMode.No)
        {
            fault = "-D does not go with -n, which writes nothing; leave one of them out";
        }
        else if (request.CompactDirectories && request.Extended.FixesOnly)
        {
            fault = "-D does not go with -E fixes_only, which changes nothing that is not damaged; leave one of them out";
        }
        else if (request.UndoFile is not null && !request.Undo && (request.Mode == CheckMode.No || request.ListMarks))
        {
            fault = $"-z does not go with {(request.ListMarks ? "--list-marks" : "-n")}, which writes nothing; leave one of them out";
        }
        else if (request.Undo && (request.UndoFile is null || parsed.Options.Any(option => option.Name != "f" && !option.Name.StartsWith("--undo", StringComparison.Ordinal))))
        {
            fault = "--undo takes an undo file, an image, and -f: fsck.ext2u --undo FILE IMAGE";
        }
        else if (request.Json && (request.Mode is null || request.ListMarks))
        {
            fault = request.ListMarks ? "--json does not go with --list-marks; leave one of them out" : "--json asks nothing; give -p, -n or -y";
        }
        else if (request.Json && (request.Verbose || request.Times > 0 || request.ProgressDescriptor is 0 or 1))
        {
            fault = "--json does not go with -v, -t and -C 0, which print lines; leave them out";
        }
        else if (request.ListMarks && parsed.Options.FirstOrDefault(option => option.Name is "p" or "a" or "y" or "r" or "f" or "D").Name is { } meaningless)
        {
            fault = $"-{meaningless} does not go with --list-marks, which checks and changes nothing; leave one of them out";
        }
        else if (request.ListMarks && request.Lowers.Count != 0)
        {
            fault = "--lower does not go with --list-marks, which reads the image alone; leave one of them out";
        }
        else if (request.BlockBytes is not null && request.SuperblockBlock is null)
        {
            fault = "-B only says in what -b is counted; give both: fsck.ext2u -b BLOCK -B BYTES IMAGE";
        }
        else if (request.Extended.ClearMarks && (request.ListMarks || request.Mode == CheckMode.Preen))
        {
            string other = request.ListMarks ? "--list-marks" : "-p";
            fault = $"-E clear_marks does not go with {other}; give -n to see what it would do, -y or a terminal to do it";
        }
        return fault.Length == 0;
    }

    private static bool TryApply(string name, string value, ref FsckRequest request, out string fault)
    {
        fault = "";
        const string LongUndo = "--undo=";
        if (name.StartsWith(LongUndo, StringComparison.Ordinal))
        {
            request = request with { Undo = true, UndoFile = name[LongUndo.Length..] };
            return true;
        }
        switch (name)
        {
            case "p" or "a": return TryMode(CheckMode.Preen, ref request, out fault);
            case "n": return TryMode(CheckMode.No, ref request, out fault);
            case "y": return TryMode(CheckMode.Yes, ref request, out fault);
            case "r": return true;
            case "f": request = request with { Force = true }; return true;
            case "v": request = request with { Verbose = true }; return true;
            case "t": request = request with { Times = request.Times + 1 }; return true;
            case "d": request = request with { Debug = true }; return true;
            case "D": request = request with { CompactDirectories = true }; return true;
            case "V" or "--version": request = request with { ShowVersion = true }; return true;
            case "h" or "--help": request = request with { ShowHelp = true }; return true;
            case "--list-marks": request = request with { ListMarks = true }; return true;
            case "b" or "B" or "C": return TryNumber(name, value, ref request, out fault);
            case "z":
                request = request with { UndoFile = value };
                fault = value.Length == 0 ? "-z: the name of the undo file is empty" : "";
                return fault.Length == 0;
            case "--json": request = request with { Json = true }; return true;
            case "--undo": request = request with { Undo = true }; return true;
            case "E":
                bool isKnown = ExtendedOptions.TryParse(value, request.Extended, out ExtendedOptions extended, out fault);
                request = request with { Extended = extended };
                return isKnown;
            case "--lower":
                fault = "--lower needs its layers behind it: --lower=LAYER[:LAYER...]";
                return false;
            default:
                if (name.StartsWith(LowerPrefix, StringComparison.Ordinal))
                {
                    request = request with { Lowers = [.. request.Lowers, name[LowerPrefix.Length..]] };
                    return true;
                }
                string key = name.StartsWith("--", StringComparison.Ordinal) ? name.Split('=')[0] : name;
                fault = Refused.TryGetValue(key, out string? why) ? $"{Dashed(key)}: {why}" : $"there is no option {Dashed(name)}. {Usage}";
                return false;
        }
    }

    private static string Dashed(string name) => name.StartsWith('-') ? name : "-" + name;

    private static bool TryMode(CheckMode mode, ref FsckRequest request, out string fault)
    {
        fault = request.Mode is { } other && other != mode ? "only one of -p (-a), -n and -y may be given" : "";
        request = request with { Mode = mode };
        return fault.Length == 0;
    }

    private static bool TryNumber(string name, string value, ref FsckRequest request, out string fault)
    {
        bool isNumber = long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number);
        bool isInRange = isNumber && name switch
        {
            "b" => number is > 0 and <= uint.MaxValue,
            "B" => number is >= 1024 and <= 65536 && (number & (number - 1)) == 0,
            _ => number is > -65536 and < 65536,
        };
        fault = isInRange ? "" : name switch
        {
            "b" => $"-b: '{value}' is not a block number; mkfs.ext2u -n with the volume's options lists where backups lie",
            "B" => $"-B: '{value}' is not a block size (1024, 2048, 4096 ... 65536)",
            _ => $"-C: '{value}' is not a descriptor (0 shows a bar)",
        };
        request = name switch
        {
            _ when !isInRange => request,
            "b" => request with { SuperblockBlock = (uint)number },
            "B" => request with { BlockBytes = (int)number },
            _ => request with { ProgressDescriptor = (int)number },
        };
        return isInRange;
    }
}
