namespace Ext2Union.Posix.Tests.Suite;

/// <summary>Other users.</summary>
internal static class User
{
    /// <summary>User and group 1000 without privileges.</summary>
    public static T Someone<T>(Func<T> action) => Identity.As(1000, 1000, [], action);

    /// <summary>User 1000 of group 1000, also in group 2000.</summary>
    public static T Member<T>(Func<T> action) => Identity.As(1000, 1000, [2000], action);

    /// <summary>User and group 1001.</summary>
    public static T Stranger<T>(Func<T> action) => Identity.As(1001, 1001, [], action);
}
