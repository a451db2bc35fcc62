using Ext2Union.Vfs;

namespace Ext2Union.Tests.Support;

public static partial class Posix
{
    /// <summary>Removes a tree, whatever its names are (System.IO cannot say names that are not UTF-8).</summary>
    public static Errno RemoveTree(byte[] path)
    {
        Errno error = Unlink(path);
        if (error is not (Errno.EISDIR or Errno.EPERM))
        {
            return error;
        }

        if (!List(path).TryGet(out List<byte[]> names, out error))
        {
            return error;
        }

        foreach (byte[] name in names)
        {
            error = RemoveTree(PathBytes.Join(path, name));
            if (error != Errno.None)
            {
                return error;
            }
        }

        return RemoveDirectory(path);
    }
}
