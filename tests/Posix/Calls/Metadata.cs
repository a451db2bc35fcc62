using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Posix.Tests.Calls;

/// <summary>Calls on attributes by name. xattr calls do not follow links.</summary>
internal static unsafe class Metadata
{
    private const int MostBytes = 1 << 17;

    public static Answer Chmod(string path, uint mode) => Names.Of(Native.chmod(path, mode));

    public static Answer Chown(string path, uint user, uint group) => Names.Of(Native.fchownat(Native.AtFdCwd, path, user, group, 0));

    public static Answer Lchown(string path, uint user, uint group) =>
        Names.Of(Native.fchownat(Native.AtFdCwd, path, user, group, Constants.AT_SYMLINK_NOFOLLOW));

    /// <summary>utimensat(2); a nanosecond field may be UTIME_NOW or UTIME_OMIT.</summary>
    public static Answer Utimens(string path, (long Seconds, long Nanoseconds) access, (long Seconds, long Nanoseconds) modify, int flags = 0)
    {
        long* times = stackalloc long[] { access.Seconds, access.Nanoseconds, modify.Seconds, modify.Nanoseconds };
        return Names.Of(Native.utimensat(Native.AtFdCwd, path, times, flags));
    }

    /// <summary>utimensat(2) with a null pointer: both times are now.</summary>
    public static Answer Touch(string path) => Names.Of(Native.utimensat(Native.AtFdCwd, path, null, 0));

    public static Answer Setxattr(string path, string name, string value, int flags = 0) => Setxattr(path, name, Encoding.Latin1.GetBytes(value), flags);

    public static Answer Setxattr(string path, string name, byte[] value, int flags = 0)
    {
        fixed (byte* start = value)
        {
            return Names.Of(Native.lsetxattr(path, name, start, value.Length, flags));
        }
    }

    /// <summary>lgetxattr(2) with this much room; the answer is the length.</summary>
    public static Answer TryGetxattr(string path, string name, int room = MostBytes)
    {
        byte[] buffer = new byte[MostBytes];
        fixed (byte* start = buffer)
        {
            return Names.Of(Native.lgetxattr(path, name, start, room));
        }
    }

    public static byte[] GetxattrBytes(string path, string name)
    {
        byte[] buffer = new byte[MostBytes];
        fixed (byte* start = buffer)
        {
            Answer answer = Names.Of(Native.lgetxattr(path, name, start, 65536));
            return answer.IsError ? throw new BehaviourFailed($"getxattr of {name} of {path}: {answer}") : buffer[..(int)answer.Value];
        }
    }

    public static string Getxattr(string path, string name) => Encoding.Latin1.GetString(GetxattrBytes(path, name));

    public static Answer Removexattr(string path, string name) => Names.Of(Native.lremovexattr(path, name));

    /// <summary>llistxattr(2) with this much room; the answer is the length.</summary>
    public static Answer TryListxattr(string path, int room)
    {
        byte[] buffer = new byte[MostBytes];
        fixed (byte* start = buffer)
        {
            return Names.Of(Native.llistxattr(path, start, room));
        }
    }

    /// <summary>The names of all extended attributes, sorted, with blanks between.</summary>
    public static string Listxattr(string path)
    {
        byte[] buffer = new byte[MostBytes];
        fixed (byte* start = buffer)
        {
            Answer answer = Names.Of(Native.llistxattr(path, start, 65536));
            return answer.IsError
                ? throw new BehaviourFailed($"listxattr of {path}: {answer}")
                : string.Join(' ', Encoding.Latin1.GetString(buffer, 0, (int)answer.Value).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        }
    }

    public static Answer SetAcl(string path, string text) => Setxattr(path, AclText.AccessName, AclText.ToBytes(text));

    public static Answer SetDefaultAcl(string path, string text) => Setxattr(path, AclText.DefaultName, AclText.ToBytes(text));

    /// <summary>The access list as text; empty when there is none.</summary>
    public static string Acl(string path) => ReadAcl(path, AclText.AccessName);

    /// <summary>The default list as text; empty when there is none.</summary>
    public static string DefaultAcl(string path) => ReadAcl(path, AclText.DefaultName);

    /// <summary>FS_IOC_GETFLAGS.</summary>
    public static uint Flags(string path)
    {
        Descriptor file = Files.Open(path, Constants.O_RDONLY | Constants.O_NONBLOCK);
        uint flags = file.Flags();
        file.Close();
        return flags;
    }

    /// <summary>FS_IOC_SETFLAGS.</summary>
    public static Answer SetFlags(string path, uint flags)
    {
        Descriptor file = Files.Open(path, Constants.O_RDONLY | Constants.O_NONBLOCK);
        Answer answer = file.SetFlags(flags);
        file.Close();
        return answer;
    }

    private static string ReadAcl(string path, string name) =>
        TryGetxattr(path, name).Error == Errno.ENODATA ? "" : AclText.FromBytes(GetxattrBytes(path, name));
}
