using Ext2Union.Ext2.Mkfs;
using Ext2Union.Linux.Processes;

namespace Ext2Union.Tools.Mkfs;

/// <summary>The list of <c>-E</c>.</summary>
internal static class ExtendedOptions
{
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
            default:
                fault = $"{option}: this extended option is not known (root_owner, offset, hash_seed, discard, nodiscard, stride, stripe_width, resize and lazy_itable_init are)";
                return false;
        }
    }

    private static bool TryNumeric(string name, string value, ref MkfsRequest request, out string fault)
    {
        string option = $"-E {name}";
        FormatOptions format = request.Format;
        if (name == "offset")
        {
            bool isSize = Quantity.TrySize(option, value, out long offset, out _, out fault);
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
