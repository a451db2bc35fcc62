namespace Ext2Union.Model.Tests.Tree;

/// <summary>Settings of the running kernel that forbid more than POSIX (sysctl fs.protected_*).</summary>
internal static class KernelRules
{
    /// <summary>fs.protected_hardlinks.</summary>
    public static bool ProtectedHardLinks { get; } = Read("hardlinks") > 0;

    /// <summary>fs.protected_symlinks.</summary>
    public static bool ProtectedSymlinks { get; } = Read("symlinks") > 0;

    /// <summary>fs.protected_regular: 0, 1 or 2.</summary>
    public static int ProtectedRegular { get; } = Read("regular");

    private static int Read(string name) => int.TryParse(File.ReadAllText($"/proc/sys/fs/protected_{name}"), out int value) ? value : 0;
}
