using Ext2Union.Model.Tests.Calls;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <content>Attributes: looked at and changed.</content>
internal sealed partial class ModelCalls
{
    /// <summary>The time that means "now" (UTIME_NOW).</summary>
    public const long TimeNow = -1;

    /// <summary>The time that means "leave it" (UTIME_OMIT).</summary>
    public const long TimeOmitted = -2;

    /// <summary>Compares what stat(2) shows with the model; null when they agree. Numbers and times that were not known yet are known after it.</summary>
    public string? Look(ModelInode inode, Status seen)
    {
        var faults = new List<string>();
        Compare("kind", inode.Kind, seen.Kind);
        Compare("mode", Convert.ToString(inode.Mode, 8), Convert.ToString(seen.Mode, 8));
        Compare("user", inode.User, seen.User);
        Compare("group", inode.Group, seen.Group);
        if (inode is not ModelDirectory directory)
        {
            Compare("links", inode.LinkCount, seen.Links);
        }
        else if (!(abilities.MergesDirectories && seen.Links == 1 && !directory.IsRemoved))
        {
            Compare("links", directory.Links, seen.Links);
        }

        if (inode.Kind is InodeKind.File or InodeKind.Symlink)
        {
            Compare("size", inode.Kind == InodeKind.File ? inode.Content.Size : inode.Target.Length, seen.Size);
        }

        if (inode.Kind is InodeKind.CharacterDevice or InodeKind.BlockDevice)
        {
            Compare("device", inode.Device.Encoded, seen.Device);
        }

        inode.Number ??= seen.Number;
        Compare("number", inode.Number.Value, seen.Number);
        Note("atime ", inode.AccessTime.Check(seen.Access, abilities.TimeGranularity));
        Note("mtime ", inode.ModifyTime.Check(seen.Modify, abilities.TimeGranularity));
        Note("ctime ", inode.ChangeTime.Check(seen.Change, abilities.TimeGranularity));
        return faults.Count == 0 ? null : string.Join("; ", faults);

        void Compare<T>(string what, T expected, T actual)
        {
            if (!EqualityComparer<T>.Default.Equals(expected, actual))
            {
                faults.Add($"{what} {actual}, not {expected}");
            }
        }

        void Note(string what, string? fault)
        {
            if (fault is not null)
            {
                faults.Add(what + fault);
            }
        }
    }

    // access(2): what a real user may; the superuser may execute what somebody may execute.
    private Prediction Access(ModelProcess process, string path, uint access)
    {
        if (Find(process, path, Ending.Follow, out Place place) is { } failure)
        {
            return failure;
        }

        bool may = May(process, place.Inode!, access);

        // The kernel knows of immutable files only in its own file systems.
        return new Prediction(may ? Errno.None : Errno.EACCES, isProtected ? Errno.EPERM : Errno.None);
    }

    private Prediction ChangeMode(ModelProcess process, ModelInode inode, uint mode)
    {
        if (inode.Kind == InodeKind.Symlink)
        {
            return Prediction.NotMade;
        }

        isProtected |= inode.IsImmutable || inode.IsAppendOnly;
        if (!process.Owns(inode))
        {
            return Fail(Errno.EPERM);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        inode.Mode = process.IsInGroup(inode.Group) ? mode : mode & ~0x400u;
        inode.ChangeTime.Touch(tree.Now);
        return Success;
    }

    // chown_common, chown_ok and chgrp_ok
    private Prediction ChangeOwner(ModelProcess process, ModelInode inode, long user, long group)
    {
        if (user < 0 && group < 0)
        {
            // Nobody needs a right to change nothing, but file systems differ in whether that takes set-id bits away.
            inode.ChangeTime.MayTouch(tree.Now);
            return (inode.Mode & 0xC00) != 0 ? Prediction.NotMade : Success;
        }

        isProtected |= inode.IsImmutable || inode.IsAppendOnly;
        bool userOk = user < 0 || process.IsRoot || (process.User == inode.User && user == inode.User);
        bool groupOk = group < 0 || process.IsRoot || (process.User == inode.User && (group == inode.Group || group == process.User));
        if (!userOk || !groupOk)
        {
            return Fail(Errno.EPERM);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        if (inode.Directory is null)
        {
            inode.Mode = WithoutSetIds(process, inode);
        }

        inode.User = user < 0 ? inode.User : (uint)user;
        inode.Group = group < 0 ? inode.Group : (uint)group;
        inode.ChangeTime.Touch(tree.Now);
        return Success;
    }

    // setattr_should_drop_suidgid
    private uint WithoutSetIds(ModelProcess process, ModelInode inode)
    {
        uint mode = inode.Mode & ~0x800u;
        return (mode & 0x8) != 0 || (abilities.KnowsGroups && !process.IsInGroup(inode.Group)) ? mode & ~0x400u : mode;
    }

    // file_remove_privs: whoever lacks CAP_FSETID leaves no set-id program behind that they changed.
    private void DropPrivileges(ModelProcess process, ModelInode inode)
    {
        if (!process.IsRoot)
        {
            uint mode = WithoutSetIds(process, inode);
            inode.HasLostSetIds |= mode != inode.Mode;
            inode.Mode = mode;
        }
    }

    // vfs_utimes
    private Prediction SetTimes(ModelProcess process, ModelInode inode, long access, long modify)
    {
        bool isTouch = access == TimeNow && modify == TimeNow;
        isProtected |= inode.IsImmutable || (!isTouch && inode.IsAppendOnly);
        if (!process.Owns(inode) && !(isTouch && process.May(inode, Write)))
        {
            return Fail(isTouch ? Errno.EACCES : Errno.EPERM);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        Set(inode.AccessTime, access);
        Set(inode.ModifyTime, modify);
        inode.ChangeTime.Touch(tree.Now);
        return Success;

        void Set(ModelTime time, long seconds)
        {
            if (seconds == TimeNow)
            {
                time.Touch(tree.Now);
            }
            else if (seconds != TimeOmitted)
            {
                time.Set(TimeOf(seconds));
            }
        }
    }

    /// <summary>The time that a number of seconds in a call stands for: its nanoseconds follow from it.</summary>
    public static Timestamp TimeOf(long seconds) => new(seconds, (uint)(seconds * 7919 % 1_000_000_000));

    private Prediction SetFlags(ModelProcess process, ModelInode inode, InodeFlags flags)
    {
        const InodeFlags NeedCapability = InodeFlags.Immutable | InodeFlags.AppendOnly;
        if (inode.Kind is not (InodeKind.File or InodeKind.Directory))
        {
            return Prediction.NotMade;
        }

        if (!process.Owns(inode) || (!process.IsRoot && ((inode.Flags ^ flags) & NeedCapability) != 0))
        {
            return Fail(Errno.EPERM);
        }

        inode.Flags = flags;
        inode.ChangeTime.MayTouch(tree.Now);
        return Success;
    }
}
