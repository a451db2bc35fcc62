using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <content>Names that go: unlink and rmdir.</content>
internal sealed partial class Ext2Directory
{
    // More than any inode can have: all of them.
    private const int AllLinks = ushort.MaxValue;

    /// <inheritdoc/>
    public override Errno Unlink(ReadOnlySpan<byte> name) => RemoveEntry(name, isDirectory: false);

    /// <inheritdoc/>
    public override Errno RemoveDirectory(ReadOnlySpan<byte> name) => RemoveEntry(name, isDirectory: true);

    private Errno RemoveEntry(ReadOnlySpan<byte> name, bool isDirectory)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = Volume.BeginChange();
            if (error != Errno.None)
            {
                return error;
            }

            error = FindPlace(name, out EntryPlace place);
            if (error == Errno.None)
            {
                error = RemoveAt(place, isDirectory);
                place.Dispose();
            }

            return error;
        }
    }

    private Errno RemoveAt(scoped in EntryPlace place, bool isDirectory)
    {
        if (SlotOf(place, out InodeNumber number) != SlotKind.Inode)
        {
            return Errno.ENOENT;
        }

        if (!OpenEntry(number).TryGet(out Inode victim, out Errno error))
        {
            return error;
        }

        bool isVictimDirectory = victim.Kind == InodeKind.Directory;
        error = isDirectory == isVictimDirectory ? CheckRemovable(victim)
            : isDirectory ? Errno.ENOTDIR
            : Errno.EISDIR;
        if (error == Errno.None)
        {
            content!.Remove(place);
            error = Forget(victim, isReplaced: false);
            error = error == Errno.None ? Volume.Touch(core) : error;
        }

        victim.Release();
        return error;
    }

    /// <summary>Whether the name of an object may go from here. Errors: EPERM, ENOTEMPTY, EUCLEAN, EIO.</summary>
    private Errno CheckRemovable(Inode victim)
    {
        Errno error = Volume.GetFlags(core, out RawInodeFlags flags);
        RawInodeFlags victimFlags = RawInodeFlags.None;
        error = error == Errno.None ? Volume.GetFlags(((IExt2Inode)victim).Core, out victimFlags) : error;
        error = error == Errno.None ? Protection.RemoveName((InodeFlags)(uint)flags, (InodeFlags)(uint)victimFlags) : error;
        return error == Errno.None && victim is Ext2Directory directory ? directory.CheckEmpty() : error;
    }

    private Errno CheckEmpty()
    {
        Errno error = OpenContent(out DirectoryContent names);
        bool isEmpty = false;
        error = error == Errno.None ? names.IsEmpty(out isEmpty) : error;
        return error == Errno.None && !isEmpty ? Errno.ENOTEMPTY : error;
    }

    /// <summary>A name of an object went from here: it loses a link, a directory all of them and this one the link of its "..". Errors: EIO.</summary>
    private Errno Forget(Inode victim, bool isReplaced)
    {
        bool isDirectory = victim.Kind == InodeKind.Directory;
        Errno error = Volume.RemoveLinks((IExt2Inode)victim, isDirectory ? AllLinks : 1, isReplaced);
        return error == Errno.None && isDirectory ? CountSubdirectory(-1) : error;
    }
}
