using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>
/// A file system in this process, driven by the contract's operations. What the kernel does above a file system (walking a path, refusing
/// what can be refused without asking) is done here as fs/namei.c does it.
/// </summary>
internal sealed partial class VfsTarget(FileSystem first, TreeOptions options, Func<FileSystem, FileSystem> remount) : ITarget, IDisposable
{
    private readonly byte[] scratch = new byte[Inheritance.ScratchBytes];

    private FileSystem fileSystem = first;

    public Result<InodeKind> KindOf(string path)
    {
        if (!Find(path).TryGet(out Inode inode, out Errno error))
        {
            return error;
        }

        InodeKind kind = inode.Kind;
        inode.Release();
        return kind;
    }

    public Errno MakeFile(string path, uint mode, byte[] data)
    {
        if (!Make(path, ModeBits.Of(InodeKind.File, mode), default, []).TryGet(out Inode inode, out Errno error))
        {
            return error;
        }

        error = WriteTo((FileInode)inode, 0, data, OpenMode.Write);
        inode.Release();
        return error;
    }

    public Errno MakeDirectory(string path, uint mode) => Released(Make(path, ModeBits.Of(InodeKind.Directory, mode), default, []));

    public Errno MakeNode(string path, uint mode, DeviceNumber device) =>
        Released(Make(path, mode, ModeBits.KindOf(mode) is InodeKind.BlockDevice or InodeKind.CharacterDevice ? device : default, []));

    public Errno MakeSymlink(string path, string target) => Released(Make(path, ModeBits.Of(InodeKind.Symlink, 0x1FF), default, Bytes(target)));

    public Errno Link(string path, string newPath)
    {
        if (!Find(path).TryGet(out Inode inode, out Errno error))
        {
            return error;
        }

        error = InParent(newPath, (parent, name) => Exists(parent, name) is not Errno.ENOENT and var found
            ? found == Errno.None ? Errno.EEXIST : found
            : parent.Link(name, inode));
        inode.Release();
        return error;
    }

    public Errno Unlink(string path) => InParent(path, (parent, name) => parent.Unlink(name));

    public Errno RemoveDirectory(string path) => InParent(path, (parent, name) => parent.RemoveDirectory(name));

    public Errno Rename(string path, string newPath, RenameFlags flags) =>
        InParent(path, (from, name) => InParent(newPath, (to, newName) =>
        {
            Errno old = Exists(from, name), target = Exists(to, newName);
            if (old != Errno.None)
            {
                return old;
            }

            if (target == Errno.None && (flags & RenameFlags.NoReplace) != 0)
            {
                return Errno.EEXIST;
            }

            if (target != Errno.None && (flags & RenameFlags.Exchange) != 0)
            {
                return target;
            }

            if (newPath.StartsWith(path + "/", StringComparison.Ordinal))
            {
                return Errno.EINVAL;
            }

            return path.StartsWith(newPath + "/", StringComparison.Ordinal)
                ? (flags & RenameFlags.Exchange) != 0 ? Errno.EINVAL : Errno.ENOTEMPTY
                : from.Rename(name, to, newName, flags);
        }));

    public Errno Write(string path, long offset, byte[] data, bool truncate) => OnFile(path, file =>
        WriteTo(file, offset, data, OpenMode.Write | (truncate ? OpenMode.Truncate : 0) | (offset < 0 ? OpenMode.Append : 0)));

    public Errno Truncate(string path, long size) => OnFile(path, file => file.SetSize(size));

    public Errno ChangeMode(string path, uint mode) =>
        OnInode(path, inode => inode.SetAttributes(new AttributeChange { Fields = AttributeFields.Mode, Mode = mode }));

    public Errno ChangeOwner(string path, uint user, uint group) => OnInode(path, inode =>
        inode.SetAttributes(new AttributeChange { Fields = AttributeFields.UserId | AttributeFields.GroupId, UserId = user, GroupId = group }));

    public Errno SetTimes(string path, Timestamp time) => OnInode(path, inode => inode.SetAttributes(new AttributeChange
    {
        Fields = AttributeFields.AccessTime | AttributeFields.ModifyTime,
        AccessTime = time,
        ModifyTime = time,
    }));

    public Errno SetXattr(string path, string name, byte[] value) =>
        OnInode(path, inode => MayHave(inode, name) ? inode.SetXattr(Bytes(name), value, XattrFlags.None) : Errno.EPERM);

    public Errno RemoveXattr(string path, string name) =>
        OnInode(path, inode => MayHave(inode, name) ? inode.RemoveXattr(Bytes(name)) : Errno.EPERM);

    public Result<List<string>> List(string path)
    {
        if (!Find(path).TryGet(out Inode inode, out Errno error))
        {
            return error;
        }

        var sink = new Names();
        error = inode switch
        {
            DirectoryInode directory => Enumerated(directory, sink),
            SymlinkInode => Errno.ENOENT,
            _ => Errno.ENOTDIR,
        };
        inode.Release();
        return error == Errno.None ? sink.Sorted : error;
    }

    public Result<byte[]> Read(string path)
    {
        // A damaged inode may claim terabytes; no file of a sequence comes near the bound.
        const int MostBytes = 16 << 20;
        var content = new MemoryStream();
        Errno error = OnFile(path, file =>
        {
            Errno opened = file.Opened(OpenMode.Read);
            byte[] buffer = new byte[10_000];
            int read = 0;
            do
            {
                opened = opened == Errno.None ? file.Read(content.Length, buffer, out read) : opened;
                content.Write(buffer, 0, read);
            }
            while (opened == Errno.None && read > 0 && content.Length < MostBytes);
            file.Closed(OpenMode.Read);
            return opened;
        });
        return error == Errno.None ? content.ToArray() : error;
    }

    public void Remount() => fileSystem = remount(fileSystem);

    /// <summary>Ends it as an unmount does.</summary>
    public Errno Unmount() => fileSystem.Unmount();

    public TreeSnapshot Snapshot() => TreeSnapshot.Of(fileSystem, options);

    public void Dispose() => fileSystem.Dispose();

    // xattr_permission: user attributes are for files and directories.
    private static bool MayHave(Inode inode, string name) =>
        inode.Kind is InodeKind.File or InodeKind.Directory || !name.StartsWith("user.", StringComparison.Ordinal);

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private sealed class Names : DirectorySink
    {
        private readonly List<string> names = [];

        public List<string> Sorted => [.. names.Order(StringComparer.Ordinal)];

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            names.Add(Encoding.Latin1.GetString(name));
            return true;
        }
    }
}
