using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <summary>The operations that inodes of all kinds answer alike. Each takes the volume's lock.</summary>
internal static class InodeRequests
{
    /// <summary>stat(2).</summary>
    public static Errno GetAttributes(ref InodeCore core, out Attributes attributes)
    {
        attributes = default;
        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            using InodeLease inode = volume.ReadInode(core.Number);
            if (inode.Error != Errno.None)
            {
                return inode.Error;
            }

            InodeView view = inode.View;
            attributes.Inode = core.Number.Value;
            attributes.Generation = core.Generation;
            attributes.Mode = view.Raw.Mode;
            attributes.LinkCount = Ext2Volume.LinkCountOf(core, inode);
            attributes.UserId = view.UserId;
            attributes.GroupId = view.GroupId;
            attributes.Size = view.Size;
            attributes.Blocks = view.Raw.Blocks512;
            attributes.BlockSize = (uint)volume.Geometry.BlockBytes;
            attributes.AccessTime = view.AccessTime;
            attributes.ModifyTime = view.ModifyTime;
            attributes.ChangeTime = view.ChangeTime;
            attributes.BirthTime = view.BirthTime;
            attributes.Flags = (InodeFlags)(uint)view.Flags & InodeFlags.UserVisible;
            if (view.Kind is InodeKind.CharacterDevice or InodeKind.BlockDevice)
            {
                attributes.Device = DeviceEncoding.Read(view.Raw);
            }

            return Errno.None;
        }
    }

    /// <summary>chmod, chown, utimensat, chattr.</summary>
    public static Errno SetAttributes(ref InodeCore core, in AttributeChange change)
    {
        Ext2Volume volume = core.Volume;
        using (volume.Gate.Enter())
        {
            Errno error = volume.BeginChange();
            if (error != Errno.None)
            {
                return error;
            }

            using InodeLease inode = volume.ReadInode(core.Number);
            error = inode.Error == Errno.None ? CheckAndFollow(volume, core.Number, inode, change) : inode.Error;
            if (error == Errno.None)
            {
                Apply(change, inode.View, change.Has(AttributeFields.ChangeTime) ? change.ChangeTime : volume.Now);
                inode.MarkDirty();
            }

            return error;
        }
    }

    /// <summary>fsync(2): content, record, and the names that lead here. fdatasync(2) leaves out a record of which only times changed.</summary>
    public static Errno Sync(ref InodeCore core, bool dataOnly)
    {
        Ext2Volume volume = core.Volume;
        return dataOnly && !volume.IsReadOnly && volume.IsOver(core) ? volume.Device.Flush() : volume.Sync();
    }

    // What can refuse a change: flags that forbid it, and an access control list that must follow the mode.
    private static Errno CheckAndFollow(Ext2Volume volume, InodeNumber number, in InodeLease inode, in AttributeChange change)
    {
        Errno error = Protection.ChangeAttributes((InodeFlags)(uint)inode.View.Flags, change.Fields);
        return error == Errno.None && change.Has(AttributeFields.Mode) && inode.View.Kind != InodeKind.Symlink
            ? volume.Acls.ApplyMode(number, inode, change.Mode)
            : error;
    }

    private static void Apply(in AttributeChange change, InodeView view, Timestamp changed)
    {
        if (change.Has(AttributeFields.Mode))
        {
            view.Raw.Mode = (ushort)((view.Raw.Mode & ModeBits.TypeMask) | (change.Mode & ModeBits.PermissionMask));
        }

        if (change.Has(AttributeFields.UserId))
        {
            view.UserId = change.UserId;
        }

        if (change.Has(AttributeFields.GroupId))
        {
            view.GroupId = change.GroupId;
        }

        if (change.Has(AttributeFields.AccessTime))
        {
            view.AccessTime = change.AccessTime;
        }

        if (change.Has(AttributeFields.ModifyTime))
        {
            view.ModifyTime = change.ModifyTime;
        }

        if (change.Has(AttributeFields.BirthTime))
        {
            view.BirthTime = change.BirthTime;
        }

        if (change.Has(AttributeFields.Flags))
        {
            const InodeFlags Mask = InodeFlags.UserModifiable;
            view.Flags = (RawInodeFlags)((uint)((InodeFlags)(uint)view.Flags & ~Mask) | (uint)(change.Flags & Mask));
        }

        view.ChangeTime = changed;
    }
}
