using System.Globalization;
using Ext2Union.Linux.Mounting;

namespace Ext2Union.Tools.Mount;

/// <summary>Reads the value of -o. Later options win over earlier ones, as in mount(8).</summary>
internal sealed class OptionParser(MountOptions options, bool isSloppy)
{
    // Options that mount(8), fstab and systemd use among themselves.
    private static readonly HashSet<string> ForOthers =
    [
        "defaults", "auto", "noauto", "nofail", "_netdev", "user", "users", "nouser", "owner", "group", "comment",
        "loud", "silent", "default_permissions", "workdir",
    ];

    private static readonly Dictionary<string, (MountFlags Set, MountFlags Clear)> Flags = new(StringComparer.Ordinal)
    {
        ["ro"] = (MountFlags.ReadOnly, 0),
        ["rw"] = (0, MountFlags.ReadOnly),
        ["nosuid"] = (MountFlags.NoSetUserId, 0),
        ["suid"] = (0, MountFlags.NoSetUserId),
        ["nodev"] = (MountFlags.NoDevices, 0),
        ["dev"] = (0, MountFlags.NoDevices),
        ["noexec"] = (MountFlags.NoExecute, 0),
        ["exec"] = (0, MountFlags.NoExecute),
        ["noatime"] = (MountFlags.NoAccessTime, 0),
        ["atime"] = (0, MountFlags.NoAccessTime),
        ["nodiratime"] = (MountFlags.NoDirectoryAccessTime, 0),
        ["diratime"] = (0, MountFlags.NoDirectoryAccessTime),
        ["relatime"] = (MountFlags.RelativeAccessTime, 0),
        ["norelatime"] = (0, MountFlags.RelativeAccessTime),
        ["sync"] = (MountFlags.Synchronous, 0),
        ["async"] = (0, MountFlags.Synchronous),
        ["dirsync"] = (MountFlags.DirectorySynchronous, 0),
    };

    // What mountinfo shows of a FUSE mount, and no user writes.
    private static readonly HashSet<string> OfKernel = new(StringComparer.Ordinal) { "fd", "rootmode", "user_id", "group_id", "blksize", "max_read" };

    private static readonly Dictionary<string, string> OtherNames = new(StringComparer.Ordinal) { ["lowerdir"] = "lower", ["upperdir"] = "upper" };

    private static readonly Dictionary<string, string> NotHonoured = new(StringComparer.Ordinal)
    {
        ["strictatime"] = "access times are not written by reading; leave it out",
        ["lazytime"] = "times are written with the rest, commit= seconds after the change at the latest; leave it out",
        ["loop"] = "images are mounted without a loop device; leave it out",
        ["offset"] = "it is mount(8)'s, for loop devices; say img_offset= or partition=",
        ["sizelimit"] = "it is mount(8)'s, for loop devices; say img_size=",
        ["context"] = "the mount has no security label of its own; leave it out",
        ["metacopy"] = "it is the kernel overlay's; say copyup=partial or copyup=full",
        ["redirect_dir"] = "it is the kernel overlay's; say redirect=on or redirect=off",
        ["userxattr"] = "marks are no extended attributes here, so no privilege is needed for them; leave it out",
        ["index"] = "hard links always are kept; leave it out",
        ["nfs_export"] = "file handles always are given; leave it out",
        ["xino"] = "inode numbers always are unique and kept; leave it out",
        ["uidmapping"] = "owners are not translated; say uid= and gid=, or squash_to_root",
        ["gidmapping"] = "owners are not translated; say uid= and gid=, or squash_to_root",
        ["xattr_permissions"] = "owners and modes are the top's own; leave it out",
    };

    /// <summary>The flags among the options that the kernel shows of a mount; what is not shown is not set.</summary>
    public static MountFlags FlagsOf(string shown)
    {
        MountFlags all = MountFlags.None;
        foreach (string word in shown.Split(','))
        {
            all |= Flags.TryGetValue(word, out (MountFlags Set, MountFlags Clear) flag) ? flag.Set : MountFlags.None;
        }

        return all;
    }

    /// <summary>Reads one list. Null: all was understood.</summary>
    public Refusal? Parse(string list)
    {
        foreach (string option in EscapedList.Split(list, ','))
        {
            int equals = option.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? option : option[..equals];
            string? value = equals < 0 ? null : option[(equals + 1)..];
            if (name.Length > 0 && ParseOne(name, value) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    private Refusal? ParseOne(string name, string? value)
    {
        options.ServesRoot |= name == "x-initrd.mount";
        bool isFlag = Flags.TryGetValue(name, out (MountFlags Set, MountFlags Clear) flag);
        if (isFlag)
        {
            options.Flags = (options.Flags & ~flag.Clear) | flag.Set;
            options.FlagsGiven |= flag.Clear | flag.Set;
        }

        if (isFlag || ForOthers.Contains(name) || name.StartsWith("x-", StringComparison.Ordinal) || name.StartsWith("X-", StringComparison.Ordinal))
        {
            return null;
        }

        if (OfKernel.Contains(name))
        {
            options.OfKernel = name;
            return null;
        }

        if (NotHonoured.TryGetValue(name, out string? why))
        {
            return Refusal.Usage($"option {name} is not available: {why}");
        }

        if (name == "errors" && value == "panic")
        {
            return Refusal.Usage("option errors=panic is not available: a daemon must not stop the machine; say errors=remount-ro");
        }

        bool? good = value is null ? ParseWord(name) : ParseValue(name, value);
        if (good == true)
        {
            options.Given[OtherNames.GetValueOrDefault(name, name)] = value ?? string.Empty;
        }

        return good switch
        {
            true => null,
            false => Refusal.Usage($"option {name}={value} makes no sense; mount.ext2u --help lists what is understood"),
            null when isSloppy => null,
            null => Unknown(name),
        };
    }

    /// <summary>The refusal of an option that does not exist.</summary>
    public static Refusal Unknown(string name) =>
        Refusal.Usage($"unknown option {name}; mount.ext2u --help lists those that are known, -s ignores others");

    // Null: there is no such option.
    private bool? ParseWord(string name)
    {
        switch (name)
        {
            case "union":
                options.Union = true;
                return true;
            case "remount":
                options.Remount = true;
                return true;
            case "force-lower":
                options.ForceLower = true;
                return true;
            case "volatile":
                options.Volatile = true;
                return true;
            case "squash_to_root":
                options.SquashToRoot = true;
                return true;
            case "noacl" or "acl":
                options.NoAcl = name == "noacl";
                return true;
            case "nouser_xattr" or "user_xattr":
                options.NoUserXattrs = name == "nouser_xattr";
                return true;
            case "allow_other":
                options.AllowOther = true;
                return true;
            case "allow_root":
                options.AllowRoot = true;
                return true;
            default:
                return null;
        }
    }

    private bool? ParseValue(string name, string value) => name switch
    {
        "lower" or "lowerdir" => SetLowers(value),
        "upper" or "upperdir" => Set(value.Length > 0, () => options.Upper = EscapedList.Unescape(value)),
        "size" => Quantity.TryParseBytes(value, out long bytes) ? Set(true, () => options.SizeBytes = bytes) : false,
        "nr_inodes" => Quantity.TryParseCount(value, out long count) ? Set(true, () => options.InodeLimit = count) : false,
        "mode" => Quantity.TryParseOctal(value, out uint mode) ? Set(mode <= 0xFFF, () => options.RootMode = mode) : false,
        "uid" => uint.TryParse(value, CultureInfo.InvariantCulture, out uint user) ? Set(true, () => options.UserId = user) : false,
        "gid" => uint.TryParse(value, CultureInfo.InvariantCulture, out uint group) ? Set(true, () => options.GroupId = group) : false,
        "umask" => Quantity.TryParseOctal(value, out uint withheld) ? Set(withheld <= 0x1FF, () => options.Umask = withheld) : false,
        "fsname" => Set(value.Length > 0, () => options.SourceName = value),
        "subtype" => Set(value.Length > 0, () => options.Subtype = value),
        "errors" => Set(value is "continue" or "remount-ro", () => options.ReadOnlyOnErrors = value == "remount-ro"),
        "fallthru" => Set(value is "persist" or "memory", () => options.FallthruInMemory = value == "memory"),
        "redirect" => Set(value is "on" or "off", () => options.Redirect = value == "on"),
        "copyup" => Set(value is "partial" or "full", () => options.CopiesData = value == "full"),
        "lower_marks" => Set(value is "overlay" or "none", () => options.ReadsOverlayMarks = value == "overlay"),
        "commit" => int.TryParse(value, CultureInfo.InvariantCulture, out int seconds) && seconds >= 0
            ? Set(true, () => options.CommitSeconds = seconds == 0 ? 5 : seconds) : false,
        "timeout" => double.TryParse(value, CultureInfo.InvariantCulture, out double validity) && validity is >= 0 and <= 31536000
            ? Set(true, () => options.Validity = TimeSpan.FromSeconds(validity)) : false,
        "img_offset" => Quantity.TryParseCount(value, out long offset) ? Set(true, () => options.ImageOffset = offset) : false,
        "partition" => int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
            ? Set(partition is > 0 and <= 65535, () => options.Partition = partition) : false,
        "img_size" => Quantity.TryParseCount(value, out long size) ? Set(size > 0, () => options.ImageSize = size) : false,
        _ => null,
    };

    private bool SetLowers(string value)
    {
        options.Union = true;
        options.Lowers.Clear();
        foreach (string lower in EscapedList.Split(value, ':'))
        {
            if (lower.Length == 0)
            {
                return false;
            }

            options.Lowers.Add(EscapedList.Unescape(lower));
        }

        return true;
    }

    private static bool Set(bool isGood, Action assign)
    {
        if (isGood)
        {
            assign();
        }

        return isGood;
    }
}
