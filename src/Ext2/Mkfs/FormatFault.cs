using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>Why a volume was not made.</summary>
/// <param name="Error">EINVAL when the wishes can't be met, else what the device or a layer answered.</param>
/// <param name="Message">One sentence that names the option, or the block.</param>
public sealed record FormatFault(Errno Error, string Message)
{
    internal static FormatFault Invalid(string message) => new(Errno.EINVAL, message);
}
