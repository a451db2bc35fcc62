using System.Diagnostics;
using System.Text;
using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>Starts the processes of a storm, watches them, and ends them all when one fails or none gets on.</summary>
internal sealed class StormRun(string mountPoint, string folder, int seed, double seconds, int daemon)
{
    private static readonly TimeSpan StandstillLimit = TimeSpan.FromSeconds(20);

    private readonly StringBuilder words = new();

    /// <summary>Calls made by all processes.</summary>
    public long Calls { get; private set; }

    /// <summary>Runs the storm; answers the lines of all journals, or fails with what a process saw.</summary>
    public List<string> Run()
    {
        var processes = new List<Process>();
        AtExit.Registration registration = AtExit.Run(() => End(processes));
        try
        {
            for (int index = 0; index < StormPlan.Processes; index++)
            {
                processes.Add(Start(index));
            }

            Watch(processes);
        }
        finally
        {
            registration.RunNow();
            processes.ForEach(process => process.Dispose());
        }

        return [.. Enumerable.Range(0, StormPlan.Processes).SelectMany(index => File.ReadAllLines(Order(index).JournalOf(index)))];
    }

    // What is not gone would keep the mount busy.
    private static void End(List<Process> processes)
    {
        foreach (Process process in processes)
        {
            process.Kill();
            process.WaitForExit();
        }
    }

    private StormOrder Order(int index) => new(mountPoint, folder, index, seed, seconds);

    private Process Start(int index)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment[StormOrder.Variable] = Order(index).ToString();
        Process process = Process.Start(start) ?? throw new InvalidOperationException("cannot start a process of the storm");
        process.ErrorDataReceived += (_, line) => Note(line.Data);
        process.OutputDataReceived += (_, line) => Note(line.Data);
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return process;
    }

    private void Watch(List<Process> processes)
    {
        StormProgress[] progress = [.. Enumerable.Range(0, StormPlan.Processes).Select(index => new StormProgress(folder, index))];
        long[] counts = new long[StormPlan.Processes];
        long[] changed = [.. counts.Select(_ => Stopwatch.GetTimestamp())];
        bool begun = false;
        while (processes.Exists(process => !process.HasExited))
        {
            Thread.Sleep(50);
            if (processes.Find(process => process.HasExited && process.ExitCode != 0) is { } failed)
            {
                failed.WaitForExit();
                Assert.Fail($"seed {seed}: {Words()}");
            }

            for (int index = 0; index < counts.Length; index++)
            {
                if (progress[index].Count is var count && (count != counts[index] || processes[index].HasExited))
                {
                    (counts[index], changed[index]) = (count, Stopwatch.GetTimestamp());
                }

                if (Stopwatch.GetElapsedTime(changed[index]) > StandstillLimit)
                {
                    Assert.Fail($"seed {seed}: process {index} does not get on\n{Standstill(processes, progress)}");
                }
            }

            if (!begun && progress.All(one => one.Text == "wait for the others"))
            {
                begun = true;
                File.WriteAllText(Order(0).StartSign, "");
            }
        }

        Calls = progress.Sum(one => one.Count);
        Array.ForEach(progress, one => one.Dispose());
    }

    private string Standstill(List<Process> processes, StormProgress[] progress)
    {
        var text = new StringBuilder();
        for (int index = 0; index < progress.Length; index++)
        {
            text.AppendLine($"  process {index}, call {progress[index].Count}: {progress[index].Text}, {Waits(processes[index].Id)}");
        }

        return text.AppendLine($"  the daemon: {Waits(daemon)}").Append(Words()).ToString();
    }

    // Where each thread waits in the kernel: a daemon in a deadlock has threads in futex that hold a request.
    private static string Waits(int process)
    {
        try
        {
            return string.Join(' ', Directory.EnumerateDirectories($"/proc/{process}/task")
                .Select(task => $"{File.ReadAllText(task + "/comm").Trim()}:{File.ReadAllText(task + "/wchan")}"));
        }
        catch (IOException)
        {
            return "ended";
        }
    }

    private void Note(string? line)
    {
        lock (words)
        {
            words.AppendLine(line);
        }
    }

    private string Words()
    {
        lock (words)
        {
            return words.ToString();
        }
    }
}
