using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Requests;

/// <summary>Requests that put names into directories and take them away.</summary>
internal sealed class NameRequests(ServedTree tree)
{
    private const uint Exclusive = 0x80;
    private const uint RenameNoReplace = 1;
    private const uint RenameExchange = 2;

    /// <summary>MKNOD.</summary>
    public Errno MakeNode(Exchange exchange, Inode parent)
    {
        ref MakeNodeIn wanted = ref exchange.Fixed<MakeNodeIn>();
        DeviceNumber device = ModeBits.KindOf(wanted.Mode) is InodeKind.BlockDevice or InodeKind.CharacterDevice
            ? DeviceNumber.FromEncoded(wanted.Device)
            : default;
        return Enter(exchange, parent, Names.First(exchange.After<MakeNodeIn>()), wanted.Mode, wanted.Umask, device, []);
    }

    /// <summary>MKDIR.</summary>
    public Errno MakeDirectory(Exchange exchange, Inode parent)
    {
        ref MakeDirectoryIn wanted = ref exchange.Fixed<MakeDirectoryIn>();
        uint mode = ModeBits.Of(InodeKind.Directory, wanted.Mode);
        return Enter(exchange, parent, Names.First(exchange.After<MakeDirectoryIn>()), mode, wanted.Umask, default, []);
    }

    /// <summary>SYMLINK: the new name, then the target.</summary>
    public Errno MakeSymlink(Exchange exchange, Inode parent)
    {
        ReadOnlySpan<byte> target = Names.Second(exchange.Body);
        return target.Length is 0 or > 4095
            ? Errno.ENAMETOOLONG
            : Enter(exchange, parent, Names.First(exchange.Body), ModeBits.Of(InodeKind.Symlink, 0x1FF), 0, default, target);
    }

    /// <summary>LINK.</summary>
    public Errno Link(Exchange exchange, Inode parent)
    {
        ReadOnlySpan<byte> name = Names.First(exchange.After<LinkIn>());
        if (Check(parent, name, out DirectoryInode directory) is var error and not Errno.None)
        {
            return error;
        }

        if (tree.Nodes.Find(exchange.Fixed<LinkIn>().OldNode) is not { } target)
        {
            return Errno.ESTALE;
        }

        error = Settle(directory, directory.Link(name, target));
        if (error == Errno.None)
        {
            return tree.Introduce(target, ref exchange.Answer<EntryOut>());
        }

        target.Release();
        return error;
    }

    /// <summary>UNLINK.</summary>
    public Errno Unlink(Exchange exchange, Inode parent)
    {
        ReadOnlySpan<byte> name = Names.First(exchange.Body);
        Errno error = Check(parent, name, out DirectoryInode directory);
        return error == Errno.None ? Settle(directory, directory.Unlink(name)) : error;
    }

    /// <summary>RMDIR.</summary>
    public Errno RemoveDirectory(Exchange exchange, Inode parent)
    {
        ReadOnlySpan<byte> name = Names.First(exchange.Body);
        Errno error = Check(parent, name, out DirectoryInode directory);
        return error == Errno.None ? Settle(directory, directory.RemoveDirectory(name)) : error;
    }

    /// <summary>RENAME.</summary>
    public Errno Rename(Exchange exchange, Inode parent) =>
        Rename(parent, exchange.Fixed<RenameIn>().NewDirectory, 0, exchange.After<RenameIn>());

    /// <summary>RENAME2.</summary>
    public Errno Rename2(Exchange exchange, Inode parent) =>
        Rename(parent, exchange.Fixed<Rename2In>().NewDirectory, exchange.Fixed<Rename2In>().Flags, exchange.After<Rename2In>());

    /// <summary>CREATE: makes and opens a file in one step.</summary>
    public Errno Create(Exchange exchange, Inode parent)
    {
        ref CreateIn wanted = ref exchange.Fixed<CreateIn>();
        ReadOnlySpan<byte> name = Names.First(exchange.After<CreateIn>());
        if (Check(parent, name, out DirectoryInode directory) is var error and not Errno.None)
        {
            return error;
        }

        error = Make(exchange, directory, name, wanted.Mode, wanted.Umask, default, [], out Inode? inode);
        if (error == Errno.EEXIST && (wanted.Flags & Exclusive) == 0)
        {
            // The name came into being behind the kernel's back; without O_EXCL that is as good as made.
            _ = directory.Lookup(name).TryGet(out inode, out error);
        }

        error = Settle(directory, error, ref inode);
        return error == Errno.None ? Open(exchange, inode!, wanted.Flags) : error;
    }

    /// <summary>TMPFILE: makes and opens a file without a name.</summary>
    public Errno CreateUnnamed(Exchange exchange, Inode parent)
    {
        ref CreateIn wanted = ref exchange.Fixed<CreateIn>();
        if (parent is not DirectoryInode directory)
        {
            return Errno.ENOTDIR;
        }

        // No name is put into the directory, so no layer asks this; the kernel's own file systems refuse it as they refuse a name.
        Errno error = parent.GetAttributes(out Attributes attributes);
        error = error == Errno.None ? Protection.AddName(attributes.Flags) : error;
        if (error != Errno.None)
        {
            return error;
        }

        uint mode = ModeBits.Of(InodeKind.File, wanted.Mode);
        error = tree.Inherit(exchange, directory, mode, wanted.Umask, out NewInode what);
        if (error != Errno.None)
        {
            return error;
        }

        return directory.CreateDetached(in what).TryGet(out Inode inode, out error) ? Open(exchange, inode, wanted.Flags) : error;
    }

    // Takes over the reference.
    private Errno Open(Exchange exchange, Inode inode, uint flags)
    {
        Errno error = FileRequests.Begin(inode, flags, out ulong handle);
        if (error != Errno.None)
        {
            inode.Release();
            return error;
        }

        ref CreateOut answer = ref exchange.Answer<CreateOut>();
        answer.Open.Handle = handle;
        answer.Open.Flags = FileRequests.ReplyFlags(tree);
        inode.Acquire();
        error = tree.Introduce(inode, ref answer.Entry);
        if (error != Errno.None)
        {
            FileRequests.End(inode, handle);
        }

        inode.Release();
        return error;
    }

    private Errno Rename(Inode parent, ulong newDirectory, uint flags, ReadOnlySpan<byte> names)
    {
        ReadOnlySpan<byte> name = Names.First(names);
        ReadOnlySpan<byte> newName = Names.Second(names);
        if (Check(parent, name, out DirectoryInode directory) is var error and not Errno.None)
        {
            return error;
        }

        // RENAME_WHITEOUT is for file systems that hold marks as device nodes; ours are no inodes.
        if ((flags & ~(RenameNoReplace | RenameExchange)) != 0)
        {
            return Errno.EINVAL;
        }

        Inode? destination = tree.Nodes.Find(newDirectory);
        error = destination is null ? Errno.ESTALE : Check(destination, newName, out _);
        if (error == Errno.None)
        {
            DirectoryInode to = (DirectoryInode)destination!;
            error = Settle(directory, directory.Rename(name, to, newName, (RenameFlags)flags));
            if (error == Errno.None && tree.Options.SynchronousDirectories && !ReferenceEquals(to, directory))
            {
                error = to.Sync(false);
            }
        }

        destination?.Release();
        return error;
    }

    private Errno Enter(
        Exchange exchange, Inode parent, ReadOnlySpan<byte> name, uint mode, uint umask, DeviceNumber device, ReadOnlySpan<byte> target)
    {
        if (Check(parent, name, out DirectoryInode directory) is var error and not Errno.None)
        {
            return error;
        }

        error = Make(exchange, directory, name, mode, umask, device, target, out Inode? inode);
        error = Settle(directory, error, ref inode);
        return error == Errno.None ? tree.Introduce(inode!, ref exchange.Answer<EntryOut>()) : error;
    }

    private Errno Make(
        Exchange exchange, DirectoryInode directory, ReadOnlySpan<byte> name, uint mode, uint umask, DeviceNumber device,
        ReadOnlySpan<byte> target, out Inode? inode)
    {
        inode = null;
        Errno error = tree.Inherit(exchange, directory, mode, umask, out NewInode what);
        if (error != Errno.None)
        {
            return error;
        }

        what.Device = device;
        what.Target = target;
        _ = directory.Create(name, in what).TryGet(out inode, out error);
        return error;
    }

    private static Errno Check(Inode parent, ReadOnlySpan<byte> name, out DirectoryInode directory)
    {
        directory = (parent as DirectoryInode)!;
        return directory is null ? Errno.ENOTDIR : Names.Check(name);
    }

    // Where the mount wants it, a change of names is durable before it is answered.
    private Errno Settle(DirectoryInode directory, Errno error)
    {
        return error == Errno.None && tree.Options.SynchronousDirectories ? directory.Sync(false) : error;
    }

    private Errno Settle(DirectoryInode directory, Errno error, ref Inode? made)
    {
        error = Settle(directory, error);
        if (error != Errno.None)
        {
            made?.Release();
            made = null;
        }

        return error;
    }
}
