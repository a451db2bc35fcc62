namespace Ext2Union.Tools.Mount;

/// <summary>
/// Reads the command line by hand: the program runs twice for each mount, so a parser library would be paid for twice
/// (docs/decisions/mount-command-line.md), and mount(8) calls helpers in its own order: SPEC DIR first, options behind.
/// </summary>
internal static class CommandLine
{
    /// <summary>What --help prints.</summary>
    public const string Help = """
        usage: mount.ext2u [-sfnvwr] [-o OPTIONS] [--foreground] SPEC DIR

        SPEC is an ext2 image, a block device, or the word tmpfs.
          -o union,lower=A[:B...]  stack SPEC on read-only layers: images, devices or directories, top-most first;
                                   without lower= on what is visible at DIR
          -o ro, size=, mode=, nr_inodes=, uid=, gid=, commit=, timeout=, partition=, img_offset=, img_size=, errors=, volatile,
             fallthru=, redirect=, copyup=, lower_marks=, force-lower, umask=, squash_to_root, noacl, nouser_xattr,
             allow_other, allow_root, fsname=, subtype=, sync, dirsync, noatime, nosuid, nodev, noexec ...: see mount.ext2u(8)
          -o remount,ro  or  remount,rw  changes a mount that is there
          -r  read-only    -f  everything but the mount    -s  ignore unknown options    -v  say what was mounted
          --foreground     serve in this process until umount

        """;

    private static readonly HashSet<string> Types = new(StringComparer.Ordinal) { "ext2u", "fuse.ext2u", "fuseblk.ext2u", "fuse", "auto" };

    /// <summary>Reads the arguments. Null and a refusal: they make no sense.</summary>
    public static MountRequest? Parse(string[] arguments, out Refusal? refusal)
    {
        List<string> positions = [];
        List<string> lists = [];
        HashSet<char> switches = [];
        bool foreground = false;
        refusal = null;
        for (int i = 0; i < arguments.Length && refusal is null; i++)
        {
            string argument = arguments[i];
            if (argument == "--")
            {
                positions.AddRange(arguments[(i + 1)..]);
                break;
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                positions.Add(argument);
            }
            else if (argument == "--foreground")
            {
                foreground = true;
            }
            else
            {
                refusal = ParseSwitches(arguments, ref i, switches, lists);
            }
        }

        return refusal is null ? Assemble(positions, lists, switches, foreground, out refusal) : null;
    }

    private static MountRequest? Assemble(
        List<string> positions, List<string> lists, HashSet<char> switches, bool foreground, out Refusal? refusal)
    {
        MountOptions options = new();
        OptionParser parser = new(options, switches.Contains('s'));
        refusal = null;
        foreach (string list in lists)
        {
            refusal ??= parser.Parse(list);
        }

        refusal ??= switches.Contains('r') ? parser.Parse("ro") : switches.Contains('w') ? parser.Parse("rw") : null;

        // mount(8) names the source of a remount too; by hand the directory says it all. The convention of a mount_program (containers/storage): the options name the layers, and the directory stands alone.
        if (positions.Count == 1 && (options.Remount || options.Upper is not null || options.Lowers.Count > 0))
        {
            positions.Insert(0, "none");
        }

        if (options.OfKernel is { } unknown && !options.Remount && !switches.Contains('s'))
        {
            refusal ??= OptionParser.Unknown(unknown);
        }

        refusal ??= positions.Count == 2 ? null : Refusal.Usage("what to mount and where are needed, as in: mount.ext2u image.ext2 /mnt");
        return refusal is not null ? null : new MountRequest
        {
            Spec = positions[0],
            Directory = positions[1],
            Options = options,
            Foreground = foreground,
            Fake = switches.Contains('f'),
            Verbose = switches.Contains('v'),
        };
    }

    // One argument of short options, -o and -t with the rest of it or the next one as their value.
    private static Refusal? ParseSwitches(string[] arguments, ref int index, HashSet<char> switches, List<string> lists)
    {
        string argument = arguments[index];
        for (int i = 1; i < argument.Length; i++)
        {
            char letter = argument[i];
            if (letter is 's' or 'f' or 'n' or 'v' or 'w' or 'r')
            {
                _ = switches.Add(letter);
                continue;
            }

            if (letter is not ('o' or 't'))
            {
                return Refusal.Usage($"unknown option {argument}; mount.ext2u --help lists those that are known");
            }

            string? value = i + 1 < argument.Length ? argument[(i + 1)..] : ++index < arguments.Length ? arguments[index] : null;
            if (value is null)
            {
                return Refusal.Usage($"option -{letter} needs a value; see mount.ext2u --help");
            }

            if (letter == 'o')
            {
                lists.Add(value);
            }
            else if (!Types.Contains(value))
            {
                return Refusal.Usage($"type {value} is not ours; leave -t out or say -t ext2u");
            }

            return null;
        }

        return null;
    }
}
