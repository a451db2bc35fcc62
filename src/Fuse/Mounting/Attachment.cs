using System.Globalization;
using System.Text;
using Ext2Union.Linux.Descriptors;
using Ext2Union.Linux.Mounting;
using Ext2Union.Linux.Processes;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Mounting;

/// <summary>
/// Attaches a mount point to /dev/fuse and takes it off again: by mount(2) as root, through fusermount3 otherwise.
/// </summary>
public static class Attachment
{
    private static readonly string[] Fusermount = ["/usr/bin/fusermount3", "/bin/fusermount3", "/usr/local/bin/fusermount3"];

    /// <summary>Mounts. Null: it was refused, and the sentence says why and what to do.</summary>
    public static FuseDevice? Attach(MountPlan plan, out string refusal) =>
        Identity.EffectiveUserId == 0 ? AttachAsRoot(plan, out refusal) : AttachByFusermount(plan, out refusal);

    /// <summary>
    /// Takes the mount off; <paramref name="lazily"/>: at once for who looks, later for who still uses it. Errors: EBUSY while it is in use, EINVAL when it is
    /// not mounted.
    /// </summary>
    public static Errno Detach(string target, bool lazily)
    {
        if (Identity.EffectiveUserId == 0)
        {
            return MountCalls.Unmount(target, lazily);
        }

        string[] arguments = lazily ? ["-u", "-z", "-q", "--", target] : ["-u", "-q", "--", target];
        return RunFusermount(arguments, -1, out _) == 0 ? Errno.None : lazily ? Errno.EINVAL : Errno.EBUSY;
    }

    private static FuseDevice? AttachAsRoot(MountPlan plan, out string refusal)
    {
        if (!FuseDevice.Open().TryGet(out FuseDevice device, out Errno error))
        {
            refusal = $"/dev/fuse cannot be opened ({error}); load the module with: modprobe fuse";
            return null;
        }

        StringBuilder data = new();
        _ = data.Append(CultureInfo.InvariantCulture, $"fd={device.Descriptor},rootmode=40000,user_id=0,group_id=0,default_permissions");
        _ = data.Append(plan.AllowOther ? ",allow_other" : string.Empty);
        string common = data.ToString();
        error = plan.IsBlockDevice
            ? MountCalls.Mount(plan.Source, plan.Target, "fuseblk." + plan.Subtype, plan.Flags, common + ",blksize=4096")
            : Errno.EBUSY;

        // A kernel without fuseblk, or one that lets nobody write to a device that is mounted, can still have it with a claim of ours.
        if (error != Errno.None)
        {
            if (plan.IsBlockDevice && plan.ClaimDevice() != Errno.None)
            {
                device.Dispose();
                refusal = Unclaimed(plan);
                return null;
            }

            error = MountCalls.Mount(plan.Source, plan.Target, "fuse." + plan.Subtype, plan.Flags, common);
        }

        refusal = error switch
        {
            Errno.None => string.Empty,
            Errno.ENODEV => "the kernel has no FUSE; load the module with: modprobe fuse",
            Errno.EPERM => $"mounting on {plan.Target} is not permitted here (no CAP_SYS_ADMIN); run it as root or as a user with fusermount3",
            _ => $"mounting on {plan.Target} failed with {error}; see dmesg",
        };
        if (error == Errno.None)
        {
            return device;
        }

        device.Dispose();
        return null;
    }

    private static string Unclaimed(MountPlan plan) => $"{plan.Source} is claimed by the kernel or another program; lsblk shows by what";

    private static FuseDevice? AttachByFusermount(MountPlan plan, out string refusal)
    {
        if (plan.IsBlockDevice && plan.ClaimDevice() != Errno.None)
        {
            refusal = Unclaimed(plan);
            return null;
        }

        if (DescriptorSocket.Pair(out int ours, out int theirs) is var error and not Errno.None)
        {
            refusal = $"a socket pair cannot be made ({error}); raise the limit of open files";
            return null;
        }

        int status = RunFusermount(["-o", OptionsOf(plan), "--", plan.Target], theirs, out string said);
        DescriptorCalls.Close(theirs);
        int descriptor = -1;
        if (status == 0 && !DescriptorSocket.Receive(ours).TryGet(out descriptor, out _))
        {
            status = 1;
        }

        DescriptorCalls.Close(ours);
        refusal = status switch
        {
            0 => string.Empty,
            127 => "fusermount3 was not found; install the package fuse3, or mount as root",
            _ => (said.Length > 0 ? said : "fusermount3 refused the mount") + "; run it as root, or see fusermount3(1) for what users may mount",
        };
        return status == 0 ? new FuseDevice(descriptor) : null;
    }

    private static string OptionsOf(MountPlan plan)
    {
        StringBuilder options = new("default_permissions");
        void Add(bool given, string option) => _ = given ? options.Append(',').Append(option) : options;
        Add(plan.Flags.HasFlag(MountFlags.ReadOnly), "ro");
        Add(plan.Flags.HasFlag(MountFlags.NoExecute), "noexec");
        Add(plan.Flags.HasFlag(MountFlags.NoAccessTime), "noatime");
        Add(plan.Flags.HasFlag(MountFlags.NoDirectoryAccessTime), "nodiratime");
        Add(plan.Flags.HasFlag(MountFlags.Synchronous), "sync");
        Add(plan.Flags.HasFlag(MountFlags.DirectorySynchronous), "dirsync");
        Add(plan.AllowOther || plan.AllowRoot, "allow_other");
        Add(true, "subtype=" + plan.Subtype);
        Add(true, "fsname=" + plan.Source.Replace("\\", "\\\\", StringComparison.Ordinal).Replace(",", "\\,", StringComparison.Ordinal));
        return options.ToString();
    }

    // The exit status; 127 when there is no such program. What it says goes into one line.
    private static int RunFusermount(string[] arguments, int socket, out string said)
    {
        said = string.Empty;
        string? program = Array.Find(Fusermount, File.Exists);
        if (program is null || DescriptorCalls.Pipe(out int readEnd, out int writeEnd) != Errno.None)
        {
            return 127;
        }

        List<byte[]> words = [Bytes(program)];
        words.AddRange(arguments.Select(Bytes));
        byte[][] environment = [Bytes("PATH=/usr/sbin:/usr/bin:/sbin:/bin"), Bytes(string.Create(CultureInfo.InvariantCulture, $"_FUSE_COMMFD={socket}"))];
        Result<int> started = ChildProcess.StartWith(program, words.ToArray(), environment, socket, writeEnd);
        DescriptorCalls.Close(writeEnd);
        if (!started.TryGet(out int process, out _))
        {
            DescriptorCalls.Close(readEnd);
            return 127;
        }

        byte[] text = new byte[512];
        _ = DescriptorCalls.ReadToEnd(readEnd, text, out int length);
        DescriptorCalls.Close(readEnd);
        said = Encoding.UTF8.GetString(text, 0, length).Trim().ReplaceLineEndings("; ");
        return ChildProcess.Wait(process);
    }

    private static byte[] Bytes(string text) => [.. Encoding.UTF8.GetBytes(text), 0];
}
