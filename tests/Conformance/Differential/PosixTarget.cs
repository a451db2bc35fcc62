using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>A mounted tree, driven by system calls.</summary>
internal sealed class PosixTarget(string root, TreeOptions options, Action remount) : ITarget
{
    private readonly byte[] rootBytes = PathBytes.Of(root);

    public Result<InodeKind> KindOf(string path) => Posix.Stat(At(path)).TryGet(out Attributes attributes, out Errno error) ? attributes.Kind : error;

    public Errno MakeFile(string path, uint mode, byte[] data)
    {
        if (!Posix.Open(At(path), Posix.OpenFlags.Write | Posix.OpenFlags.Create | Posix.OpenFlags.Exclusive, mode).TryGet(out Posix.OpenFile file, out Errno error))
        {
            return error;
        }

        using (file)
        {
            return file.Write(0, data);
        }
    }

    public Errno MakeDirectory(string path, uint mode) => Posix.MakeDirectory(At(path), mode);

    public Errno MakeNode(string path, uint mode, DeviceNumber device) => Posix.MakeNode(At(path), mode, device);

    public Errno MakeSymlink(string path, string target) => Posix.MakeSymlink(At(path), Encoding.Latin1.GetBytes(target));

    public Errno Link(string path, string newPath) => Posix.Link(At(path), At(newPath));

    public Errno Unlink(string path) => Posix.Unlink(At(path));

    public Errno RemoveDirectory(string path) => Posix.RemoveDirectory(At(path));

    public Errno Rename(string path, string newPath, RenameFlags flags) => Posix.Rename(At(path), At(newPath), flags);

    public Errno Write(string path, long offset, byte[] data, bool truncate)
    {
        Posix.OpenFlags flags = Posix.OpenFlags.Write | (truncate ? Posix.OpenFlags.Truncate : 0) | (offset < 0 ? Posix.OpenFlags.Append : 0);
        return Posix.Write(At(path), flags, Math.Max(offset, 0), data);
    }

    public Errno Truncate(string path, long size) => Posix.Truncate(At(path), size);

    public Errno ChangeMode(string path, uint mode) => Posix.ChangeMode(At(path), mode);

    public Errno ChangeOwner(string path, uint user, uint group) => Posix.ChangeOwner(At(path), user, group);

    public Errno SetTimes(string path, Timestamp time) => Posix.SetTimes(At(path), time, time);

    public Errno SetXattr(string path, string name, byte[] value) => Posix.SetXattr(At(path), Encoding.Latin1.GetBytes(name), value, XattrFlags.None);

    public Errno RemoveXattr(string path, string name) => Posix.RemoveXattr(At(path), Encoding.Latin1.GetBytes(name));

    public Result<List<string>> List(string path)
    {
        if (!Posix.List(At(path)).TryGet(out List<byte[]> names, out Errno error))
        {
            return error;
        }

        return names.Select(name => Encoding.Latin1.GetString(name)).Order(StringComparer.Ordinal).ToList();
    }

    public Result<byte[]> Read(string path) => Posix.ReadAll(At(path));

    public void Remount() => remount();

    public TreeSnapshot Snapshot() => TreeSnapshot.Of(root, options);

    private byte[] At(string path) => path.Length == 0 ? rootBytes : PathBytes.Join(rootBytes, Encoding.Latin1.GetBytes(path));
}
