using System.Text;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Seeded use of a mounted volume: files, links, directories, renames, attributes, marks, now and then a sync.</summary>
internal sealed class RandomUse(Ext2Volume volume, int seed)
{
    private readonly Random random = new(seed);
    private readonly List<DirectoryInode> directories = [volume.Root];

    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            Step();
        }
        foreach (DirectoryInode directory in directories.Skip(1))
        {
            directory.Release();
        }
    }

    private void Step()
    {
        DirectoryInode directory = directories[random.Next(directories.Count)];
        byte[] name = Name();
        switch (random.Next(14))
        {
            case 0 or 1 or 2 or 3:
                CreateFile(directory, name);
                break;
            case 4:
                MakeDirectory(directory, name);
                break;
            case 5 or 6:
                _ = directory.Unlink(name);
                break;
            case 7:
                _ = directory.RemoveDirectory(name);
                break;
            case 8:
                _ = directory.Rename(name, directories[random.Next(directories.Count)], Name(), RenameFlags.None);
                break;
            case 9:
                Link(directory, name);
                break;
            case 10:
                Change(directory, name);
                break;
            case 11:
                _ = directory is LayerDirectory whited ? whited.PutWhiteout(name) : Errno.None;
                break;
            case 12:
                _ = directory is LayerDirectory layer ? random.Next(4) == 0 ? layer.SetOpaque(true) : layer.PutFallthru(name) : Errno.None;
                break;
            default:
                _ = random.Next(3) == 0 ? volume.Sync() : Errno.None;
                break;
        }
    }

    // Few names, so that operations meet; long ones, so that directories grow and are indexed.
    private byte[] Name() => Encoding.ASCII.GetBytes(random.Next(2) == 0 ? $"n{random.Next(30)}" : $"a-rather-long-name-of-a-file-{random.Next(300)}");

    private void CreateFile(DirectoryInode directory, byte[] name)
    {
        bool isLink = random.Next(8) == 0;
        var what = new NewInode { Mode = ModeBits.Of(isLink ? InodeKind.Symlink : InodeKind.File, 0x1A4), Target = isLink ? "somewhere/else"u8 : default };
        if (directory.Create(name, what).TryGet(out Inode made, out _))
        {
            if (made is FileInode file)
            {
                _ = file.Write(random.Next(10) == 0 ? random.Next(3_000_000) : 0, new byte[random.Next(30_000)], out _);
            }
            made.Release();
        }
    }

    private void MakeDirectory(DirectoryInode directory, byte[] name)
    {
        if (directory.Create(name, new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1ED), Opaque = random.Next(3) == 0 }).TryGet(out Inode made, out _))
        {
            if (directories.Count < 12)
            {
                directories.Add((DirectoryInode)made);
            }
            else
            {
                made.Release();
            }
        }
    }

    private void Link(DirectoryInode directory, byte[] name)
    {
        if (directory.Lookup(name).TryGet(out Inode target, out _))
        {
            _ = target.Kind == InodeKind.Directory ? Errno.None : directories[random.Next(directories.Count)].Link(Name(), target);
            target.Release();
        }
    }

    private void Change(DirectoryInode directory, byte[] name)
    {
        if (!directory.Lookup(name).TryGet(out Inode inode, out _))
        {
            return;
        }
        _ = random.Next(2) == 0
            ? inode.SetXattr("user.note"u8, new byte[random.Next(600)], XattrFlags.None)
            : inode is FileInode file ? file.SetSize(random.Next(200_000)) : Errno.None;
        inode.Release();
    }
}
