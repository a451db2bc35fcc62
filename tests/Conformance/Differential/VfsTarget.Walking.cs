using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

internal sealed partial class VfsTarget
{
    private Result<Inode> Make(string path, uint mode, DeviceNumber device, byte[] target)
    {
        Inode? made = null;
        Errno error = InParent(path, (parent, name) =>
        {
            if (Exists(parent, name) is not Errno.ENOENT and var found)
            {
                return found == Errno.None ? Errno.EEXIST : found;
            }

            Errno inherited = Inheritance.Of(parent, mode, 0, 0, 0, scratch, out NewInode what);
            if (inherited != Errno.None)
            {
                return inherited;
            }

            what.Device = device;
            what.Target = target;
            return parent.Create(name, in what).TryGet(out made, out Errno refused) ? Errno.None : refused;
        });
        return error == Errno.None ? made! : error;
    }

    private static Errno Released(Result<Inode> made)
    {
        if (made.TryGet(out Inode inode, out Errno error))
        {
            inode.Release();
        }

        return error;
    }

    private static Errno WriteTo(FileInode file, long offset, byte[] data, OpenMode mode)
    {
        Errno error = file.Opened(mode);
        if (error != Errno.None)
        {
            return error;
        }

        if ((mode & OpenMode.Truncate) != 0)
        {
            error = file.SetSize(0);
        }

        if (offset < 0 && error == Errno.None)
        {
            error = file.GetAttributes(out Attributes attributes);
            offset = attributes.Size;
        }

        for (int done = 0; done < data.Length && error == Errno.None;)
        {
            error = file.Write(offset + done, data.AsSpan(done), out int written);
            done += written;
        }

        file.Closed(mode);
        return error;
    }

    private static Errno Enumerated(DirectoryInode directory, DirectorySink sink)
    {
        Errno error = directory.Opened(OpenMode.Read);
        if (error != Errno.None)
        {
            return error;
        }

        error = directory.Enumerate(0, sink);
        directory.Closed(OpenMode.Read);
        return error;
    }

    private static Errno Exists(DirectoryInode parent, ReadOnlySpan<byte> name) => Released(parent.Lookup(name));

    private Errno OnInode(string path, Func<Inode, Errno> call)
    {
        if (!Find(path).TryGet(out Inode inode, out Errno error))
        {
            return error;
        }

        error = call(inode);
        inode.Release();
        return error;
    }

    private Errno OnFile(string path, Func<FileInode, Errno> call) => OnInode(path, inode => inode is FileInode file ? call(file) : Errno.EINVAL);

    private Errno InParent(string path, Func<DirectoryInode, byte[], Errno> call)
    {
        int slash = path.LastIndexOf('/');
        if (!Find(slash < 0 ? "" : path[..slash]).TryGet(out Inode parent, out Errno error))
        {
            return error;
        }

        // Links lead nowhere in these trees: the kernel follows one in the middle of a path and finds nothing.
        error = parent switch
        {
            DirectoryInode directory => call(directory, Bytes(path[(slash + 1)..])),
            SymlinkInode => Errno.ENOENT,
            _ => Errno.ENOTDIR,
        };
        parent.Release();
        return error;
    }

    private Result<Inode> Find(string path)
    {
        Inode at = fileSystem.Root;
        at.Acquire();
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            Result<Inode> next = at switch
            {
                DirectoryInode directory => directory.Lookup(Bytes(name)),
                SymlinkInode => Errno.ENOENT,
                _ => Errno.ENOTDIR,
            };
            at.Release();
            if (!next.TryGet(out at, out Errno error))
            {
                return error;
            }
        }

        return at;
    }
}
