using Ext2Union.Fuse.Mounting;
using Ext2Union.Linux.Mounting;
using Ext2Union.Linux.Processes;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>
/// -o remount: changes the flags of a mount, and whether it is read-only. The kernel keeps writers away, the daemon writes everything, marks the volume clean
/// or in use, and says whether the other options are still those that it was started with.
/// </summary>
internal static class Remounting
{
    /// <summary>Changes the mount. Null: it is done.</summary>
    public static Refusal? Run(MountRequest request)
    {
        if (Identity.EffectiveUserId != 0)
        {
            return Refusal.Failure(
                $"{request.Directory} can be remounted by root only, as fusermount3 cannot do it; run: fusermount3 -u {request.Directory}, and mount it again");
        }

        MountOptions options = request.Options;
        string target = MountPoint.Resolve(request.Directory, out Errno error);
        if (error != Errno.None || MountTable.At(target) is not { } mount || !IsOurs(mount.Type))
        {
            return Refusal.Failure($"nothing of mount.ext2u is mounted on {request.Directory}; leave remount out, or see findmnt {request.Directory}");
        }

        MountFlags now = OptionParser.FlagsOf(mount.Options);
        MountFlags wanted = (now & ~options.FlagsGiven) | (options.Flags & options.FlagsGiven);
        bool readOnly = wanted.HasFlag(MountFlags.ReadOnly);
        return request.Fake ? null : readOnly ? MakeReadOnly(options, mount, now, wanted) : MakeWritable(options, mount, wanted);
    }

    private static bool IsOurs(string type) => type is "fuse" or "fuseblk" || type.StartsWith("fuse.", StringComparison.Ordinal)
        || type.StartsWith("fuseblk.", StringComparison.Ordinal);

    // The kernel first: from then on nobody writes.
    private static Refusal? MakeReadOnly(MountOptions options, MountEntry mount, MountFlags now, MountFlags wanted)
    {
        Refusal? refusal = Ask(mount.Target, RemountRequest.Compare, options) ?? Change(mount, wanted);
        if (refusal is null && (refusal = Ask(mount.Target, RemountRequest.ReadOnly, options)) is not null)
        {
            _ = Change(mount, now);
        }

        return refusal;
    }

    // The daemon first: it may have to refuse.
    private static Refusal? MakeWritable(MountOptions options, MountEntry mount, MountFlags wanted)
    {
        Refusal? refusal = Ask(mount.Target, RemountRequest.Writable, options);
        if (refusal is null && (refusal = Change(mount, wanted)) is not null)
        {
            _ = Ask(mount.Target, RemountRequest.ReadOnly, options);
        }

        return refusal;
    }

    private static Refusal? Change(MountEntry mount, MountFlags flags)
    {
        Errno error = MountCalls.Mount(mount.Source, mount.Target, mount.Type, flags | MountFlags.Remount, string.Empty);
        return error switch
        {
            Errno.None => null,
            Errno.EBUSY => Refusal.Failure($"{mount.Target} has files that are open for writing; see fuser -vm {mount.Target}, close them and try again"),
            _ => Refusal.Failure($"{mount.Target} cannot be remounted ({error}); see dmesg"),
        };
    }

    private static Refusal? Ask(string target, string wish, MountOptions options)
    {
        if (ControlCall.Ask(target, RemountRequest.Write(wish, options)).TryGet(out string answer, out Errno error))
        {
            return answer.Length == 0 ? null : Refusal.Failure(answer);
        }

        return Refusal.Failure(error == Errno.ENOTTY
            ? $"{target} is a mount of another program; remount it with that one"
            : $"the daemon of {target} does not answer ({error}); umount it and mount it again");
    }
}
