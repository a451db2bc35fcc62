using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <content>What a union needs of its top: marks, the opaque flag, the origin. None of it changes the directory's times.</content>
internal sealed partial class Ext2Directory
{
    // What a block of attributes needs beside one value: its header, the entry with its name, and the end of the list.
    private const int OriginOverheadBytes = 32 + 28 + 4;

    /// <inheritdoc/>
    public override bool IsOpaque
    {
        get
        {
            using (Volume.Gate.Enter())
            {
                // A record that cannot be read hides nothing less than an opaque one; whatever is asked next answers the error.
                return Volume.GetFlags(core, out RawInodeFlags flags) != Errno.None || (flags & RawInodeFlags.Opaque) != 0;
            }
        }
    }

    /// <inheritdoc/>
    public override Errno PutWhiteout(ReadOnlySpan<byte> name)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = BeginMarking(IncompatFeatures.Whiteout);
            if (error != Errno.None)
            {
                return error;
            }

            error = FindPlace(name, out EntryPlace place);
            if (error == Errno.ENOENT)
            {
                return AppendMark(name, DirectoryEntryType.Whiteout);
            }

            error = error == Errno.None ? WhiteOutAt(place) : error;
            place.Dispose();
            return error;
        }
    }

    /// <inheritdoc/>
    public override Errno PutFallthru(ReadOnlySpan<byte> name)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = BeginMarking(IncompatFeatures.Fallthru);
            if (error != Errno.None)
            {
                return error;
            }

            error = FindPlace(name, out EntryPlace place);
            place.Dispose();
            return error == Errno.ENOENT ? AppendMark(name, DirectoryEntryType.Fallthru)
                : error == Errno.None ? Errno.EEXIST
                : error;
        }
    }

    /// <inheritdoc/>
    public override Errno RemoveMark(ReadOnlySpan<byte> name)
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
                error = SlotOf(place, out _) == SlotKind.Inode ? Errno.ENOENT : Errno.None;
                if (error == Errno.None)
                {
                    content!.Remove(place);
                }

                place.Dispose();
            }

            return error;
        }
    }

    /// <inheritdoc/>
    public override Errno SetOpaque(bool opaque)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = opaque ? BeginMarking(IncompatFeatures.Whiteout) : Volume.BeginChange();
            RawInodeFlags flags = RawInodeFlags.None;
            error = error == Errno.None ? Volume.GetFlags(core, out flags) : error;
            if (error != Errno.None || opaque == ((flags & RawInodeFlags.Opaque) != 0))
            {
                return error;
            }

            if (opaque)
            {
                // Opaque comes last: were it on the disk before the last fallthru, a crash between them would cost the names not yet written.
                Volume.PutOffFlags(ref core, RawInodeFlags.Opaque);
                return Errno.None;
            }

            Volume.DropFlagsPutOff(ref core);
            return ChangeFlags(RawInodeFlags.None, RawInodeFlags.Opaque);
        }
    }

    /// <inheritdoc/>
    public override Errno GetOrigin(Span<byte> path, out OriginKind kind, out int length)
    {
        kind = OriginKind.Natural;
        length = 0;
        using (Volume.Gate.Enter())
        {
            Errno error = Volume.GetFlags(core, out RawInodeFlags flags);
            if (error != Errno.None)
            {
                return error;
            }

            if ((flags & RawInodeFlags.OriginNone) != 0)
            {
                kind = OriginKind.None;
                return Errno.None;
            }

            using InodeLease inode = Volume.ReadInode(core.Number);
            error = inode.Error == Errno.None ? Volume.Xattrs.Get(core.Number, inode, XattrName.Origin, path, out length) : inode.Error;
            if (error == Errno.ENODATA)
            {
                return Errno.None;
            }

            kind = OriginKind.Redirect;
            return error;
        }
    }

    /// <inheritdoc/>
    public override Errno SetOrigin(OriginKind kind, ReadOnlySpan<byte> path)
    {
        using (Volume.Gate.Enter())
        {
            Errno error = BeginMarking(kind == OriginKind.Redirect ? IncompatFeatures.Fallthru : IncompatFeatures.Whiteout);
            if (error != Errno.None)
            {
                return error;
            }

            using InodeLease inode = Volume.ReadInode(core.Number);
            if (inode.Error != Errno.None)
            {
                return inode.Error;
            }

            if (kind == OriginKind.Redirect)
            {
                error = path.Length > Volume.Geometry.BlockBytes - OriginOverheadBytes ? Errno.ENAMETOOLONG
                    : Volume.Xattrs.Set(core.Number, inode, XattrName.Origin, path, XattrFlags.None);
            }
            else
            {
                error = Volume.Xattrs.Remove(core.Number, inode, XattrName.Origin);
                error = error == Errno.ENODATA ? Errno.None : error;
            }

            return error != Errno.None ? error
                : kind == OriginKind.None ? ChangeFlags(RawInodeFlags.OriginNone, RawInodeFlags.None)
                : ChangeFlags(RawInodeFlags.None, RawInodeFlags.OriginNone);
        }
    }

    /// <summary>What every mark asks. The feature bit is durable before the first mark is put. Errors: EROFS, EOPNOTSUPP, ENOENT when this directory was removed, EIO.</summary>
    private Errno BeginMarking(IncompatFeatures feature)
    {
        Errno error = Volume.BeginChange();
        return error != Errno.None ? error
            : core.IsNameless ? Errno.ENOENT
            : Volume.EnsureFeature(feature);
    }

    private Errno AppendMark(ReadOnlySpan<byte> name, DirectoryEntryType type)
    {
        if (!IsProperName(name))
        {
            return Errno.EINVAL;
        }

        Errno error = FindRoom(name, out EntryPlace place);
        if (error == Errno.None)
        {
            _ = content!.Append(place, name, InodeNumber.None, type);
            place.Dispose();
        }

        return error;
    }

    private Errno WhiteOutAt(scoped in EntryPlace place)
    {
        SlotKind slot = SlotOf(place, out InodeNumber number);
        if (slot != SlotKind.Inode)
        {
            if (slot == SlotKind.Whiteout)
            {
                return Errno.EEXIST;
            }

            content!.Retarget(place, InodeNumber.None, DirectoryEntryType.Whiteout);
            return Errno.None;
        }

        if (!OpenEntry(number).TryGet(out Inode victim, out Errno error))
        {
            return error;
        }

        error = CheckRemovable(victim);
        if (error == Errno.None)
        {
            content!.Retarget(place, InodeNumber.None, DirectoryEntryType.Whiteout);
            error = Forget(victim, isReplaced: true);
        }

        victim.Release();
        return error;
    }

    private Errno ChangeFlags(RawInodeFlags set, RawInodeFlags clear)
    {
        using InodeLease inode = Volume.ReadInode(core.Number);
        if (inode.Error == Errno.None)
        {
            InodeView view = inode.View;
            view.Flags = (view.Flags | set) & ~clear;
            inode.MarkDirty();
        }

        return inode.Error;
    }
}
