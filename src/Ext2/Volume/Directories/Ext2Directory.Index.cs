using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <content>
/// The index of copies: an ordinary directory under the root that no call of the contract reaches, and its entries, links that change nobody's times.
/// All of it requires the volume's lock, and what changes something a change that was begun.
/// </content>
internal sealed partial class Ext2Directory
{
    private bool HidesIndex
    {
        get
        {
            if (core.Number != InodeNumber.Root)
            {
                return false;
            }

            using (Volume.Gate.Enter())
            {
                return Volume.IsIndexNameReserved;
            }
        }
    }

    /// <summary>
    /// Of the root: the directory of the index, with a reference. Errors: ENOENT, ENOTDIR for another object of that name (a user's directory too), EUCLEAN, EIO.
    /// </summary>
    internal Result<Ext2Directory> OpenIndex()
    {
        Errno error = FindIndex(out EntryPlace place);
        SlotKind slot = SlotKind.Absent;
        InodeNumber number = default;
        if (error == Errno.None)
        {
            slot = SlotOf(place, out number);
            place.Dispose();
        }

        if (error != Errno.None || slot != SlotKind.Inode)
        {
            return error != Errno.None ? error : Errno.ENOENT;
        }

        if (!OpenEntry(number).TryGet(out Inode inode, out error))
        {
            return error;
        }

        if (inode is Ext2Directory directory && directory.MayBeIndex())
        {
            return directory;
        }

        inode.Release();
        return Errno.ENOTDIR;
    }

    /// <summary>Of the root: makes the directory of the index. Hands out a reference. Errors: ENOSPC, EMLINK, EUCLEAN, EIO.</summary>
    internal Result<Ext2Directory> MakeIndex()
    {
        Errno error = CheckSubdirectoryRoom();
        error = error == Errno.None ? FindIndex(out EntryPlace place) : SetNone(error, out place);
        bool isMarked = error == Errno.None;
        error = error == Errno.ENOENT ? content!.FindPlace(CopyIndexName.Directory, out place) : error;
        if (error != Errno.None)
        {
            return error;
        }

        Result<Inode> made = Make(new NewInode { Mode = ModeBits.Of(InodeKind.Directory, 0x1C0) }, 2);
        if (made.TryGet(out Inode inode, out error))
        {
            Put(place, isMarked, CopyIndexName.Directory, inode);
            error = CountSubdirectory(1);
        }

        place.Dispose();
        return error == Errno.None ? (Ext2Directory)inode : error;
    }

    /// <summary>Of the index: the copy under a name, with a reference. Errors: ENOENT, EUCLEAN, EIO.</summary>
    internal Result<Inode> FindCopy(ReadOnlySpan<byte> name)
    {
        Errno error = FindSlot(name, out SlotKind slot, out InodeNumber number);
        if (error != Errno.None || slot != SlotKind.Inode)
        {
            return error != Errno.None ? error : Errno.ENOENT;
        }

        Result<Inode> found = OpenEntry(number);
        if (!found.Succeeded || found.Value.Kind != InodeKind.Directory)
        {
            return found;
        }

        found.Value.Release();
        return Volume.Corrupt(core.Number, BlockNumber.None, $"is the index of copies and holds directory {number}");
    }

    /// <summary>Of the index: enters a copy. Errors: EEXIST, EMLINK, ENOSPC, EUCLEAN, EIO.</summary>
    internal Errno PutCopy(ReadOnlySpan<byte> name, Inode copy)
    {
        Errno error = FindFreePlace(name, out EntryPlace place, out bool isMarked);
        error = error == Errno.None ? Volume.AddLink((IExt2Inode)copy, touch: false) : error;
        if (error == Errno.None)
        {
            Put(place, isMarked, name, copy);
        }

        place.Dispose();
        return error;
    }

    /// <summary>Of the index: takes an entry out; its copy loses the link. Errors: ENOENT, EUCLEAN, EIO.</summary>
    internal Errno TakeCopy(ReadOnlySpan<byte> name)
    {
        if (!FindCopy(name).TryGet(out Inode copy, out Errno error))
        {
            return error;
        }

        error = FindPlace(name, out EntryPlace place);
        if (error == Errno.None)
        {
            content!.Remove(place);
            place.Dispose();
            // As if the name led to something else now, and so it does: the copy stays whole on the disk for as long as its entry is there.
            error = Volume.RemoveLinks((IExt2Inode)copy, 1, isReplaced: true);
        }

        copy.Release();
        return error;
    }

    /// <summary>Of the index: whether it holds nothing. What cannot be read counts as something.</summary>
    internal bool HasNoCopies() => OpenContent(out DirectoryContent names) == Errno.None && names.IsEmpty(out bool isEmpty) == Errno.None && isEmpty;

    // One that holds names, and no key among them, was made by somebody for something else. What cannot be read is taken for the index: its reader says so.
    private bool MayBeIndex()
    {
        var search = new IndexKeySearch();
        return EnumerateSlots(0, search) != Errno.None || search.HasKey || !search.HasName;
    }

    private static Errno SetNone(Errno error, out EntryPlace place)
    {
        place = default;
        return error;
    }

    private Errno FindIndex(out EntryPlace place)
    {
        place = default;
        Errno error = OpenContent(out DirectoryContent names);
        return error == Errno.None ? names.Find(CopyIndexName.Directory, out place) : error;
    }

    /// <summary>Whether a name is that of the index, which no call finds or makes.</summary>
    private bool IsReserved(ReadOnlySpan<byte> name) =>
        core.Number == InodeNumber.Root && Volume.IsIndexNameReserved && name.SequenceEqual(CopyIndexName.Directory);

    /// <summary>Room for a name that was not found. Errors: EPERM for the name of the index; ENOSPC, EUCLEAN, EIO.</summary>
    private Errno FindRoom(ReadOnlySpan<byte> name, out EntryPlace place)
    {
        place = default;
        return IsReserved(name) ? Errno.EPERM : content!.FindPlace(name, out place);
    }
}
