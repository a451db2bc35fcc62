using System.Diagnostics;
using System.Text;

namespace Ext2Union.Tests.Support;

/// <summary>
/// A mount by the real tool, in the foreground so that its process is ours: it can be measured and killed, and its end can be waited
/// for (umount(2) returns before the daemon has written everything).
/// </summary>
public sealed class MountedExt2u : IDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);

    private readonly Process daemon;
    private readonly StringBuilder messages = new();
    private readonly AtExit.Registration registration;

    /// <summary>Mounts and waits until the mount is there. Fails with the tool's own words.</summary>
    /// <param name="what">Image, device or "tmpfs".</param>
    /// <param name="folder">Where; made when it is not there.</param>
    /// <param name="options">Value of -o; empty for none.</param>
    /// <param name="published">Whether to run the tool as shipped instead of the debug build.</param>
    public MountedExt2u(string what, string folder, string options = "", bool published = false)
    {
        _ = Directory.CreateDirectory(folder);
        FullPath = folder;
        string tool = published ? Repository.PublishedTool("mount.ext2u") : Repository.Tool("mount.ext2u");
        var start = new ProcessStartInfo(tool) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true };
        string[] arguments = options.Length > 0 ? [what, folder, "--foreground", "-o", options] : [what, folder, "--foreground"];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        daemon = Process.Start(start) ?? throw new InvalidOperationException("cannot start " + tool);
        daemon.StandardInput.Close();
        daemon.ErrorDataReceived += (_, line) => Note(line.Data);
        daemon.OutputDataReceived += (_, line) => Note(line.Data);
        daemon.BeginErrorReadLine();
        daemon.BeginOutputReadLine();
        registration = AtExit.Run(End);
        if (!WaitFor(() => IsMounted || daemon.HasExited, StartLimit) || daemon.HasExited)
        {
            Kill();
            registration.RunNow();
            throw new InvalidOperationException($"$ {tool} {string.Join(' ', arguments)}\n{Messages}the mount did not come up");
        }
    }

    /// <summary>The mount point.</summary>
    public string FullPath { get; }

    /// <summary>The daemon's process number.</summary>
    public int ProcessId => daemon.Id;

    /// <summary>What the daemon has written so far.</summary>
    public string Messages
    {
        get
        {
            lock (messages)
            {
                return messages.ToString();
            }
        }
    }

    private bool IsMounted => File.ReadLines("/proc/self/mountinfo").Any(line => line.Split(' ')[4] == FullPath);

    /// <summary>Anonymous resident memory of the daemon, in KiB: what it needs beyond files that can be read again.</summary>
    public long AnonymousKilobytes()
    {
        string line = File.ReadLines($"/proc/{daemon.Id}/status").First(text => text.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line.AsSpan()["RssAnon:".Length..^"kB".Length]);
    }

    /// <summary>Kills the daemon at once and takes the dead mount away.</summary>
    public void Kill()
    {
        if (!daemon.HasExited)
        {
            daemon.Kill();
            _ = daemon.WaitForExit(EndLimit);
        }
    }

    /// <summary>Unmounts, waits for the daemon's end, and fails unless it ended well.</summary>
    public void Unmount()
    {
        ProcessRunner.Check("/bin/umount", FullPath);
        if (!daemon.WaitForExit(EndLimit))
        {
            Kill();
            registration.RunNow();
            throw new TimeoutException($"the daemon did not end within {EndLimit.TotalSeconds} s after umount\n{Messages}");
        }

        registration.RunNow();
        if (daemon.ExitCode != 0)
        {
            throw new InvalidOperationException($"the daemon ended with exit code {daemon.ExitCode}\n{Messages}");
        }
    }

    /// <summary>Takes down whatever is still up, without judging it: <see cref="Unmount"/> is what a passing test calls.</summary>
    public void Dispose()
    {
        registration.RunNow();
        daemon.Dispose();
    }

    private void End()
    {
        if (IsMounted)
        {
            _ = ProcessRunner.Run("/bin/umount", FullPath);
            if (!daemon.WaitForExit(EndLimit))
            {
                Kill();
            }
        }

        Kill();
        if (IsMounted)
        {
            _ = ProcessRunner.Run("/bin/umount", "-l", FullPath);
        }
    }

    private void Note(string? line)
    {
        if (line is not null)
        {
            lock (messages)
            {
                messages.AppendLine(line);
            }
        }
    }

    private static bool WaitFor(Func<bool> condition, TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                return false;
            }

            Thread.Sleep(5);
        }

        return true;
    }
}
