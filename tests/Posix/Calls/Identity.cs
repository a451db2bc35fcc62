using System.Runtime.InteropServices;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>
/// Who the current thread is for the kernel. libc would change every thread; the plain calls change one. The saved numbers stay root's,
/// so that the thread can come back; capabilities go with the effective number and come back with it.
/// </summary>
internal static unsafe class Identity
{
    private const int ShareNothingOfPaths = 0x200;
    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    /// <summary>Gives this thread a working directory and a umask of its own (CLONE_FS).</summary>
    public static void SetApart()
    {
        if (Native.unshare(ShareNothingOfPaths) != 0)
        {
            throw new InvalidOperationException($"unshare: {Names.Of(-1)}");
        }
    }

    /// <summary>Does something as another user without privileges, and in no group but these.</summary>
    public static T As<T>(uint user, uint group, uint[] groups, Func<T> action)
    {
        SetGroups(groups);
        SetIds(IsArm ? 149 : 119, group, 0);
        SetIds(IsArm ? 147 : 117, user, 0);
        try
        {
            return action();
        }
        finally
        {
            SetIds(IsArm ? 147 : 117, 0, 0);
            SetIds(IsArm ? 149 : 119, 0, 0);
            SetGroups([]);
        }
    }

    // setresuid(2), setresgid(2): real and effective, and saved.
    private static void SetIds(nint call, uint id, uint saved) => Must(Native.syscall(call, (nint)id, (nint)id, (nint)saved));

    private static void SetGroups(uint[] groups)
    {
        fixed (uint* start = groups)
        {
            Must(Native.syscall(IsArm ? 159 : 116, groups.Length, (nint)start, 0));
        }
    }

    private static void Must(nint result)
    {
        if (result != 0)
        {
            throw new InvalidOperationException($"changing the user: {Names.Of(-1)}");
        }
    }
}
