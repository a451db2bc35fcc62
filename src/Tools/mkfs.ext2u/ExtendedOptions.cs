using Ext2Union.Ext2.Mkfs;
using Ext2Union.Linux.Processes;

namespace Ext2Union.Tools.Mkfs;

/// <summary>The list of <c>-E</c>.</summary>
internal static class ExtendedOptions
{
    // What mke2fs takes and means another file system, or another way of working.
    private static readonly Dictionary<string, string> Refused = new()
    {
        ["lazy_journal_init"] = "ext2 has no journal",
        ["packed_meta_blocks"] = "ext2 keeps bitmaps and inode tables in their group",
        ["num_backup_sb"] = "backups of the superblock are where sparse_super puts them",
        ["mmp_update_interval"] = "ext2 has no protection against several mounts; the tools lock the image",
        ["quotatype"] = "quota is not kept here",
        ["encoding"] = "names are bytes, and case matters",
        ["encoding_flags"] = "names are bytes, and case matters",
        ["assume_storage_prezeroed"] = "tables are zeroed at once, in files and on devices that can at no cost",
        ["no_copy_xattrs"] = "-d copies extended attributes too",
        ["orphan_file_size"] = "ext2 has no orphan file",
        ["test_fs"] = "the mark of a file system in development is not set",
    };

    public static bool TryApply(string list, MkfsRequest start, out MkfsRequest request, out string fault)
    {
        request = start;
        fault = "";
        foreach (string word in list.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            string? value = equals < 0 ? null : word[(equals + 1)..];
            if (!TryApplyOne(name, value, ref request, out fault))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryApplyOne(string name, string? value, ref MkfsRequest request, out string fault)
    {
        string option = $"-E {name}";
        FormatOptions format = request.Format;
        fault = "";
        switch (name, value)
        {
            case ("stride" or "stripe_width" or "stripe-width" or "resize" or "offset" or "hash_seed", null):
                fault = $"{option} needs a value";
                return false;
            case ("stride" or "stripe_width" or "stripe-width" or "resize" or "offset", not null):
                return TryNumeric(name, value, ref request, out fault);
            case ("root_owner", not null):
                return TryOwner(option, value, ref request, out fault);
            case ("root_owner", null):
                request = request with { HasRootOwner = true, Format = format with { RootUserId = Identity.UserId, RootGroupId = Identity.GroupId } };
                return true;
            case ("hash_seed", not null):
                bool isSeed = Guid.TryParseExact(value, "D", out Guid seed);
                request = request with { Format = format with { HashSeed = seed } };
                fault = isSeed ? "" : $"{option}: '{value}' is not a UUID";
                return isSeed;
            case ("discard" or "nodiscard", null):
                request = request with { Format = format with { Discard = name == "discard" } };
                return true;
            case ("lazy_itable_init", "0"):
                return true;
            case ("lazy_itable_init", null or "1"):
                request = request with { Notes = [.. request.Notes, "-E lazy_itable_init: ext2 has no mark for tables that are not zeroed, so all are zeroed now"] };
                return true;
            case ("lazy_itable_init", not null):
                fault = $"{option}: '{value}' is neither 0 nor 1";
                return false;
            case ("discard" or "nodiscard", not null):
                fault = $"{option} takes no value";
                return false;
            default:
                fault = Refused.TryGetValue(name, out string? reason) ? $"{option}: {reason}"
                    : $"{option}: this extended option is not known (root_owner, offset, hash_seed, discard, nodiscard, stride, stripe_width, resize and lazy_itable_init are)";
                return false;
        }
    }

    private static bool TryNumeric(string name, string value, ref MkfsRequest request, out string fault)
    {
        string option = $"-E {name}";
        FormatOptions format = request.Format;
        if (name == "offset")
        {
            // Scripts that compute it may come to nothing.
            bool isSize = Quantity.TrySize(option, value == "0" ? "1" : value, out long offset, out _, out fault);
            offset = value == "0" ? 0 : offset;
            request = request with { Offset = offset };
            return isSize;
        }

        bool isSound = Quantity.TryNumber(option, value, 1, name == "stride" ? ushort.MaxValue : uint.MaxValue, out long number, out fault);
        format = name switch
        {
            "stride" => format with { RaidStride = (ushort)number },
            "resize" => format with { ResizeBlocks = (uint)number },
            _ => format with { RaidStripeWidth = (uint)number },
        };
        request = request with { Format = format };
        return isSound;
    }

    private static bool TryOwner(string option, string value, ref MkfsRequest request, out string fault)
    {
        int colon = value.IndexOf(':', StringComparison.Ordinal);
        long group = 0;
        fault = $"{option}: '{value}' is not USER:GROUP in numbers";
        if (colon < 0 || !Quantity.TryNumber(option, value[..colon], 0, uint.MaxValue, out long user, out _)
            || !Quantity.TryNumber(option, value[(colon + 1)..], 0, uint.MaxValue, out group, out _))
        {
            return false;
        }

        request = request with { HasRootOwner = true, Format = request.Format with { RootUserId = (uint)user, RootGroupId = (uint)group } };
        fault = "";
        return true;
    }
}
