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
        long number;
        FormatOptions format = request.Format;
        switch (name, value)
        {
            case ("root_owner", null):
                request = request with { HasRootOwner = true };
                format = format with { RootUserId = Identity.UserId, RootGroupId = Identity.GroupId };
                break;
            case ("root_owner", not null):
                return TryOwner(option, value, ref request, out fault);
            case ("offset", not null):
                if (!Quantity.TrySize(option, value, out number, out _, out fault))
                {
                    return false;
                }

                request = request with { Offset = number };
                break;
            case ("hash_seed", not null):
                if (!Guid.TryParseExact(value, "D", out Guid seed))
                {
                    fault = $"{option}: '{value}' is not a UUID";
                    return false;
                }

                format = format with { HashSeed = seed };
                break;
            case ("discard", null):
                format = format with { Discard = true };
                break;
            case ("nodiscard", null):
                format = format with { Discard = false };
                break;
            case ("stride", not null):
                if (!Quantity.TryNumber(option, value, 1, ushort.MaxValue, out number, out fault))
                {
                    return false;
                }

                format = format with { RaidStride = (ushort)number };
                break;
            case ("stripe_width" or "stripe-width", not null):
                if (!Quantity.TryNumber(option, value, 1, uint.MaxValue, out number, out fault))
                {
                    return false;
                }

                format = format with { RaidStripeWidth = (uint)number };
                break;
            case ("resize", not null):
                if (!Quantity.TryNumber(option, value, 1, uint.MaxValue, out number, out fault))
                {
                    return false;
                }

                format = format with { ResizeBlocks = (uint)number };
                break;
            case ("lazy_itable_init", "0"):
                break;
            case ("lazy_itable_init", null or "1"):
                request = request with { Notes = [.. request.Notes, "-E lazy_itable_init: ext2 has no mark for tables that are not zeroed, so all are zeroed now"] };
                break;
            default:
                fault = value is null && name is "offset" or "hash_seed" or "stride" or "stripe_width" or "stripe-width" or "resize"
                    ? $"{option} needs a value"
                    : $"{option}: this extended option is not known (root_owner, offset, hash_seed, discard, nodiscard, stride, stripe_width, resize and lazy_itable_init are)";
                return false;
        }

        request = request with { Format = format };
        fault = "";
        return true;
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
