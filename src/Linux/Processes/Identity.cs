using System.Runtime.InteropServices;

namespace Ext2Union.Linux.Processes;

/// <summary>Who this process runs as.</summary>
public static partial class Identity
{
    /// <summary>geteuid(2).</summary>
    public static uint EffectiveUserId => GetEffectiveUserId();

    /// <summary>getuid(2).</summary>
    public static uint UserId => GetUserId();

    /// <summary>getgid(2).</summary>
    public static uint GroupId => GetGroupId();

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUserId();

    [LibraryImport("libc", EntryPoint = "getuid")]
    private static partial uint GetUserId();

    [LibraryImport("libc", EntryPoint = "getgid")]
    private static partial uint GetGroupId();
}
