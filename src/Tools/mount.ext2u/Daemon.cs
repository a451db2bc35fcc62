using System.Runtime.InteropServices;
using Ext2Union.Fuse;
using Ext2Union.Fuse.Mounting;
using Ext2Union.HostDirectory;
using Ext2Union.Linux.Locks;
using Ext2Union.Linux.Mounting;
using Ext2Union.Linux.Processes;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>Opens the layers, mounts, serves until the mount is gone, and leaves everything clean.</summary>
internal sealed class Daemon(MountRequest request, EventLog log)
{
    private static readonly TimeSpan UsableLimit = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan DrainPause = TimeSpan.FromMilliseconds(200);

    private readonly ManualResetEvent stopRequested = new(false);
    private readonly List<string> notes = [];

    /// <summary>
    /// Runs to the end. <paramref name="report"/> is called once, when the mount is live or has failed, with the exit status and the lines for the user; it
    /// answers false when nobody is there to hear it.
    /// </summary>
    public int Run(Func<int, IReadOnlyList<string>, bool> report)
    {
        Refusal? refusal = MountPointOf(request.Directory, out string target);
        Stack? stack = refusal is null ? new StackBuilder(request, log, notes).Build(target, out refusal) : null;
        if (stack is null)
        {
            return Refuse(report, refusal!);
        }

        using (stack)
        {
            if (request.Fake)
            {
                Errno error = stack.FileSystem.Unmount();
                return error == Errno.None ? Succeed(report) : Refuse(report, Refusal.Failure($"{request.Spec}: closing it failed with {error}; run fsck.ext2u"));
            }

            return Serve(stack, target, report);
        }
    }

    private int Serve(Stack stack, string target, Func<int, IReadOnlyList<string>, bool> report)
    {
        Environment.CurrentDirectory = "/";
        if (stack.CoversRuntime(target))
        {
            Assemblies.LoadAll();
        }

        using IDisposable signals = CatchSignals();
        MountPlan plan = PlanOf(stack, target);
        using FuseDevice? device = Attachment.Attach(plan, out string sentence);
        if (device is null)
        {
            _ = stack.FileSystem.Unmount();
            return Refuse(report, Refusal.Failure(sentence));
        }

        MountEntry? mount = MountTable.At(target);
        foreach (HostFileSystem lower in stack.HostLowers)
        {
            lower.ExcludeMount((ulong)(mount?.Id ?? 0));
        }

        Session? served = null;
        string Control(string question) => Remount(question, plan, served!);
        using Session session = new(device, stack.FileSystem, SessionOptionsOf(stack) with { Control = Control }, log);
        served = session;
        session.Start();
        if (!session.WaitUntilUsable(UsableLimit))
        {
            Detach(target, mount);
            _ = session.Finish(DrainLimit);
            return Refuse(report, Refusal.Failure("the kernel did not take up the mount; see the system log"));
        }

        if (request.Verbose)
        {
            notes.Add($"{plan.Source} is mounted on {target}");
        }

        if (!report(ExitStatus.Success, notes))
        {
            // Whoever wanted the mount is gone and would not know of it.
            _ = stopRequested.Set();
        }

        if (request.Foreground)
        {
            ServiceNotification.Ready($"{plan.Source} is mounted on {target}");
        }

        // What an ordinary unmount leaves to write is worth any wait. Who sends a signal does not wait for ever.
        bool isStopped = WaitHandle.WaitAny([session.Ended, stopRequested]) != 0;
        if (isStopped)
        {
            Drain(session, target, mount);
        }

        return Finish(session, isStopped ? DrainLimit : Timeout.InfiniteTimeSpan);
    }

    // The answer to a question of Remounting: empty, or why not.
    private string Remount(string question, MountPlan plan, Session session)
    {
        string wish = RemountRequest.Read(question, request.Options, plan.AllowOther, out string? changed);
        if (changed is not null)
        {
            return $"option {changed} cannot be changed while {plan.Target} is mounted; umount it and mount it again";
        }

        if (wish is not (RemountRequest.ReadOnly or RemountRequest.Writable))
        {
            return string.Empty;
        }

        Errno error = session.SetReadOnly(wish == RemountRequest.ReadOnly);
        for (int tries = 0; error == Errno.EBUSY && tries < 40; tries++)
        {
            // The kernel tells of the last use of a removed file a little after it.
            Thread.Sleep(50);
            error = session.SetReadOnly(wish == RemountRequest.ReadOnly);
        }

        return error switch
        {
            Errno.None => string.Empty,
            Errno.EBUSY when wish == RemountRequest.ReadOnly => $"{plan.Target} has removed files that are still open; close them and try again",
            Errno.EBUSY => $"{plan.Source} is being read or is mounted elsewhere, so it must not change; see lsof {plan.Source}, and try again",
            Errno.EROFS => $"{plan.Source} cannot be written to; check its permissions, or leave it read-only",
            Errno.EUCLEAN => $"{plan.Source} has errors, or was not unmounted cleanly; umount {plan.Target} and run fsck.ext2u {plan.Source}",
            Errno.EOPNOTSUPP => $"a union that was mounted read-only cannot become writable; umount {plan.Target} and mount it again with rw",
            _ => $"{plan.Source} answered {error}; umount {plan.Target} and run fsck.ext2u {plan.Source}",
        };
    }

    // An ordinary unmount is tried first: who still works in the mount can end what was begun. What is still in use then loses it.
    private void Drain(Session session, string target, MountEntry? mount)
    {
        Tell($"waiting for the last user of {target}");
        long start = Environment.TickCount64;
        bool isOff = false;
        while (!session.WaitForEnd(TimeSpan.Zero) && Environment.TickCount64 - start < DrainLimit.TotalMilliseconds)
        {
            isOff |= !IsOurs(target, mount) || Attachment.Detach(target, lazily: false) == Errno.None;
            _ = session.WaitForEnd(DrainPause);
        }

        if (!isOff)
        {
            log.Report($"{target} was still in use {DrainLimit.TotalSeconds} s after the signal to end, and was taken from its users");
            Detach(target, mount);
        }
    }

    private void Tell(string status)
    {
        if (request.Foreground)
        {
            ServiceNotification.Stopping(status);
        }
    }

    private int Finish(Session session, TimeSpan limit)
    {
        Tell($"writing what is left to {request.Spec}");

        // Those who start right after umount wait for a process of this name instead of failing at its lock.
        File.WriteAllText("/proc/self/comm", FileLock.DrainingCommand);
        Errno error = session.Finish(limit);
        if (error == Errno.EBUSY)
        {
            // Something below us does not answer. Leaving now is a crash to the volume, which it is made to survive; freeing what is in use is not.
            log.Report($"{request.Spec} did not answer within {limit.TotalSeconds} s; it is left as it is, run fsck.ext2u {request.Spec}");
            Environment.Exit(ExitStatus.Failure);
        }

        if (error != Errno.None)
        {
            log.Report($"{request.Spec}: unmounting failed with {error}; run fsck.ext2u {request.Spec}");
        }

        return error == Errno.None ? ExitStatus.Success : ExitStatus.Failure;
    }

    private static void Detach(string target, MountEntry? mount)
    {
        if (IsOurs(target, mount))
        {
            _ = Attachment.Detach(target, lazily: true);
        }
    }

    // Somebody may have mounted something else over it; that is not ours to take away.
    private static bool IsOurs(string target, MountEntry? mount) => mount is not null && MountTable.At(target)?.Id == mount.Value.Id;

    private MountPlan PlanOf(Stack stack, string target)
    {
        MountOptions options = request.Options;
        bool isRoot = Identity.EffectiveUserId == 0;
        return new MountPlan
        {
            Target = target,
            Source = options.SourceName ?? stack.Name,
            Subtype = options.Subtype,
            Flags = options.Flags | (stack.FileSystem.IsReadOnly ? MountFlags.ReadOnly : MountFlags.None),
            AllowOther = options.AllowRoot || (options.AllowOther ?? isRoot),
            AllowRoot = options.AllowRoot,
            IsBlockDevice = stack.Device is not null,
            ClaimDevice = () => stack.Device?.Claim() ?? Errno.None,
        };
    }

    private SessionOptions SessionOptionsOf(Stack stack) => new()
    {
        Validity = request.Options.Validity,
        CommitInterval = request.Options.Volatile ? TimeSpan.Zero : TimeSpan.FromSeconds(request.Options.CommitSeconds),
        CopiesUp = stack.IsUnion,
        CopiesData = stack.IsUnion && request.Options.CopiesData,
        SynchronousDirectories = (request.Options.Flags & (MountFlags.Synchronous | MountFlags.DirectorySynchronous)) != 0,
        Shown = stack.Shown,
        HasAcls = stack.Shown is null && !request.Options.NoAcl,
        HasUserXattrs = !request.Options.NoUserXattrs,
        OnlyUserId = request.Options.AllowRoot ? Identity.UserId : null,
    };

    private IDisposable CatchSignals()
    {
        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            _ = stopRequested.Set();
        }

        return new Signals(
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Stop));
    }

    private static Refusal? MountPointOf(string directory, out string target)
    {
        target = MountPoint.Resolve(directory, out Errno error);
        return error switch
        {
            Errno.None => null,
            Errno.ENOENT => Refusal.Failure($"mount point {directory} does not exist; make it with: mkdir -p {directory}"),
            Errno.ENOTDIR => Refusal.Failure($"mount point {directory} is not a directory; name a directory"),
            Errno.ENOTCONN => Refusal.Failure($"mount point {directory} holds a dead mount; run: umount {directory}"),
            _ => Refusal.Failure($"mount point {directory} cannot be used ({error}); check its permissions"),
        };
    }

    private int Succeed(Func<int, IReadOnlyList<string>, bool> report)
    {
        _ = report(ExitStatus.Success, notes);
        return ExitStatus.Success;
    }

    private int Refuse(Func<int, IReadOnlyList<string>, bool> report, Refusal refusal)
    {
        notes.Add(refusal.Sentence);
        _ = report(refusal.ExitStatus, notes);
        return refusal.ExitStatus;
    }

    private sealed class Signals(params IDisposable[] registrations) : IDisposable
    {
        public void Dispose() => Array.ForEach(registrations, registration => registration.Dispose());
    }
}
