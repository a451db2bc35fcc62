using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Ext2Union.Ext2.Mkfs;

namespace Ext2Union.Tools.Mkfs;

/// <summary>The command line of mkfs.ext2u(8), after mke2fs(8).</summary>
internal static class CommandLine
{
    public const string Help = """
        Usage: mkfs.ext2u [options] DEVICE|IMAGE [SIZE]

        Makes an ext2 volume, in an image file (made when it is not there) or on a block device.
        SIZE is a number with s, k, m, g or t behind it; a plain number means KiB, or blocks with -b.

          -b BYTES     block size: 1024, 2048, 4096 ... 65536
          -I BYTES     inode size: 128, 256 ... block size
          -i BYTES     one inode for so many bytes
          -N COUNT     number of inodes
          -m PERCENT   share kept for root (5)
          -L LABEL     name of the volume, at most 16 bytes
          -U UUID      identity: a UUID, random, time or clear
          -O LIST      features, ^ takes one away: filetype, sparse_super, large_file, ext_attr,
                       dir_index, resize_inode, meta_bg, whiteout, fallthru; none
          -E LIST      root_owner[=U:G], offset=, hash_seed=, discard, nodiscard, stride=,
                       stripe_width=, resize=, lazy_itable_init=
          -g BLOCKS    blocks of a group
          -r 0|1       revision
          -T TYPES     kinds of use: floppy, small, default, big, huge, news, largefile, largefile4
          -d DIR|TAR   fill the volume with what a directory or a tar holds; - is a tar on standard input
          -F           overwrite what is there without asking
          -n           show what would be made, write nothing
          -q -v        say less, more
          -V --version show the version
          --help       show this text

        """;

    private const string Shape = "b:I:i:N:m:L:U:O:E:g:r:T:d:t:FnqvVcjJ:l:M:o:Se:z:G:C:DhQ:";

    private static readonly Dictionary<string, string> Refused = new()
    {
        ["c"] = "blocks are not tested for being readable; use badblocks(8)",
        ["l"] = "there is no list of bad blocks",
        ["j"] = "ext2 has no journal",
        ["J"] = "ext2 has no journal",
        ["M"] = "the mount point is noted by the first mount",
        ["o"] = "volumes are made for Linux only",
        ["S"] = "superblocks alone are not written; fsck.ext2u -b repairs from a backup",
        ["e"] = "what to do on errors is said at the mount (errors=)",
        ["z"] = "no undo file is written",
        ["G"] = "ext2 has no flexible groups",
        ["C"] = "ext2 has no clusters",
        ["D"] = "direct I/O is not used",
        ["Q"] = "quota is not kept here",
    };

    public static bool TryParse(string[] arguments, [NotNullWhen(true)] out MkfsRequest? request, out string fault)
    {
        request = null;
        if (!GetOpt.TryParse("mkfs.ext2u", arguments, Shape, out GetOpt parsed, out fault))
        {
            return false;
        }

        var result = new MkfsRequest();
        foreach ((string name, string value) in parsed.Options)
        {
            if (!TryApply(name, value, ref result, out fault))
            {
                return false;
            }
        }

        if (!result.ShowHelp && !result.ShowVersion && (!TryOperands(parsed.Operands, ref result, out fault) || !TrySourceDate(ref result, out fault)))
        {
            return false;
        }

        request = result;
        return true;
    }

    private static bool TryOperands(IReadOnlyList<string> operands, ref MkfsRequest request, out string fault)
    {
        if (operands.Count is 0 or > 2)
        {
            fault = operands.Count == 0
                ? "which image or device? Usage: mkfs.ext2u [options] DEVICE|IMAGE [SIZE]; mkfs.ext2u --help lists all options"
                : $"'{operands[2]}' is one operand too many. Usage: mkfs.ext2u [options] DEVICE|IMAGE [SIZE]";
            return false;
        }

        request = request with { Target = operands[0] };
        fault = "";
        if (operands.Count == 1)
        {
            return true;
        }

        if (!Quantity.TrySize("SIZE", operands[1], out long size, out bool hasSuffix, out fault))
        {
            return false;
        }

        bool isInBlocks = !hasSuffix && request.Format.BlockBytes is not null;
        if (!hasSuffix && size > long.MaxValue >> 17)
        {
            fault = $"SIZE: {size} is too large";
            return false;
        }

        request = request with { Size = hasSuffix || isInBlocks ? size : size << 10, SizeIsInBlocks = isInBlocks };
        return true;
    }

    private static bool TrySourceDate(ref MkfsRequest request, out string fault)
    {
        fault = "";
        if (Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH") is not { Length: > 0 } text)
        {
            return true;
        }

        if (!Quantity.TryNumber("SOURCE_DATE_EPOCH", text, 0, uint.MaxValue, out long seconds, out fault))
        {
            return false;
        }

        request = request with { SourceDate = seconds };
        return true;
    }

    private static bool TryApply(string name, string value, ref MkfsRequest request, out string fault)
    {
        if (Refused.TryGetValue(name, out string? reason))
        {
            fault = $"-{name}: {reason}";
            return false;
        }

        fault = "";
        switch (name)
        {
            case "q": request = request with { Quiet = true }; return true;
            case "v": request = request with { Verbose = true }; return true;
            case "F": request = request with { Force = true }; return true;
            case "n": request = request with { DryRun = true }; return true;
            case "V" or "--version": request = request with { ShowVersion = true }; return true;
            case "h" or "--help": request = request with { ShowHelp = true }; return true;
            case "d": request = request with { Tree = value }; return true;
            case "E": return ExtendedOptions.TryApply(value, request, out request, out fault);
            case "U": return TryIdentity(value, ref request, out fault);
            default:
                bool isKnown = TryApplyFormat(name, value, request.Format, out FormatOptions format, out fault);
                request = request with { Format = format };
                return isKnown;
        }
    }

    private static bool TryApplyFormat(string name, string value, FormatOptions start, out FormatOptions format, out string fault)
    {
        format = start;
        string option = $"-{name}";
        long number = 0;
        fault = "";
        switch (name)
        {
            case "b" when Quantity.TryNumber(option, value, 1024, 65536, out number, out fault):
                format = start with { BlockBytes = (int)number };
                return true;
            case "I" when Quantity.TryNumber(option, value, 128, 65536, out number, out fault):
                format = start with { InodeBytes = (int)number };
                return true;
            case "i" when Quantity.TryNumber(option, value, 1024, 64 << 20, out number, out fault):
                format = start with { BytesPerInode = number };
                return true;
            case "N" when Quantity.TryNumber(option, value, 1, uint.MaxValue, out number, out fault):
                format = start with { InodeCount = (uint)number };
                return true;
            case "g" when Quantity.TryNumber(option, value, 256, 65528, out number, out fault):
                format = start with { BlocksPerGroup = (uint)number };
                return true;
            case "r" when Quantity.TryNumber(option, value, 0, 1, out number, out fault):
                format = start with { Revision = (int)number };
                return true;
            case "m":
                bool isShare = double.TryParse(value, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent <= 50;
                format = start with { ReservedPercent = percent };
                fault = isShare ? "" : $"-m: '{value}' is not a share in 0..50 percent";
                return isShare;
            case "L":
                format = start with { Label = Encoding.UTF8.GetBytes(value) };
                return true;
            case "O":
                bool isList = FeatureList.TryApply(value, start.Features, out FeatureSet features, out string sentence);
                format = start with { Features = features };
                fault = isList ? "" : $"-O: {sentence}";
                return isList;
            case "T":
                return TryUsage(value, start, out format, out fault);
            case "t" when value is "ext2" or "ext2u":
                return true;
            default:
                fault = fault.Length > 0 ? fault
                    : name == "t" ? $"-t: '{value}' is not made here; ext2 is" : $"there is no option {name}; mkfs.ext2u --help lists all";
                return false;
        }
    }

    private static bool TryUsage(string list, FormatOptions start, out FormatOptions format, out string fault)
    {
        format = start;
        fault = "";
        var types = new List<UsageType>();
        foreach (string name in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (UsageType.Find(name) is not { } type)
            {
                fault = name == "hurd"
                    ? "-T: hurd: volumes are made for Linux only"
                    : $"-T: '{name}' is no kind of use ({string.Join(", ", UsageType.All.Select(known => known.Name))} are)";
                return false;
            }

            types.Add(type);
        }

        format = start with { Usage = types };
        return true;
    }

    private static bool TryIdentity(string value, ref MkfsRequest request, out string fault)
    {
        fault = "";
        Guid? identity = value switch
        {
            "random" => Guid.NewGuid(),
            "time" => Guid.CreateVersion7(),
            "clear" or "null" => Guid.Empty,
            _ => Guid.TryParseExact(value, "D", out Guid given) ? given : null,
        };
        if (identity is null)
        {
            fault = $"-U: '{value}' is not a UUID, random, time or clear";
            return false;
        }

        request = request with { VolumeId = identity };
        return true;
    }
}
