using System.Globalization;
using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>What all processes change at once: logs they append to, a file of slots, counters behind locks, names they race for.</summary>
internal sealed class SharedThings(StormCalls calls, Random random, OwnFiles files, int process) : IDisposable
{
    private readonly Posix.OpenFile slots = calls.Open(StormPlan.SlotFiles[process % 2], Posix.OpenFlags.Read);
    private Posix.OpenFile? openLog;

    /// <summary>Lines appended to each log.</summary>
    public int[] Appended { get; } = new int[StormPlan.Logs];

    /// <summary>How often each counter was counted up.</summary>
    public int[] Counted { get; } = new int[StormPlan.Counters];

    /// <summary>How often each name was put there, minus how often it was taken away.</summary>
    public int[] Won { get; } = new int[StormPlan.Contests];

    /// <summary>How often each slot was written, by slot.</summary>
    public Dictionary<int, int> Written { get; } = [];

    public void AppendToLog()
    {
        int log = random.Next(StormPlan.Logs), count = random.Next(5) == 0 ? random.Next(1, 300) : 1;
        byte[] lines = [.. Enumerable.Range(Appended[log], count).SelectMany(sequence => StormPlan.Record(process, sequence))];
        if (log == 0)
        {
            // One log is held open all the time.
            openLog ??= calls.Open(StormPlan.Log(0), Posix.OpenFlags.Write | Posix.OpenFlags.Append);
            calls.Must($"append {count} lines to the open log", () => openLog.Write(0, lines));
        }
        else
        {
            calls.Write(StormPlan.Log(log), Posix.OpenFlags.Append, 0, lines);
        }

        Appended[log] += count;
    }

    public void WriteSlot()
    {
        int slot = OwnSlot(), version = Written.GetValueOrDefault(slot) + 1;
        calls.Write(StormPlan.SlotFiles[0], Posix.OpenFlags.Read, (long)slot * StormPlan.SlotBytes, StormPlan.Slot(slot, version));
        Written[slot] = version;
    }

    /// <summary>Reads a slot through a descriptor that is older than the copy-up of its file.</summary>
    public void ReadSlot()
    {
        int slot = Written.Count > 0 && random.Next(3) > 0 ? Written.Keys.ElementAt(random.Next(Written.Count)) : OwnSlot();
        byte[] data = new byte[StormPlan.SlotBytes];
        _ = calls.Get($"read slot {slot}", () => slots.Read((long)slot * StormPlan.SlotBytes, data));
        if (!data.AsSpan().SequenceEqual(StormPlan.Slot(slot, Written.GetValueOrDefault(slot))))
        {
            throw StormCalls.Wrong($"slot {slot} is not what was written {Written.GetValueOrDefault(slot)} times");
        }
    }

    public void CountUp()
    {
        int counter = random.Next(StormPlan.Counters);
        string name = StormPlan.Lock(counter), temporary = files.FreshName("lock");
        if (Take(counter, name, temporary) != Errno.None)
        {
            return;
        }

        int value = int.Parse(Encoding.ASCII.GetString(calls.Read(StormPlan.Counter(counter))), CultureInfo.InvariantCulture);
        calls.Write(StormPlan.Counter(counter), Posix.OpenFlags.Read, 0, Encoding.ASCII.GetBytes($"{value + 1:D8}"));
        Counted[counter]++;
        if (counter == 1)
        {
            calls.RemoveDirectory(name);
        }
        else
        {
            calls.Unlink(name);
        }
    }

    /// <summary>Puts an object under a name that others want too, or takes the one that is there away.</summary>
    public void Contest()
    {
        int contest = random.Next(StormPlan.Contests);
        string name = StormPlan.Contest(contest), temporary = files.FreshName("contest");
        if (random.Next(2) == 0)
        {
            if (Take(random.Next(5), name, temporary) == Errno.None)
            {
                Won[contest]++;
            }

            return;
        }

        if (random.Next(3) > 0 && calls.Race($"unlink {name}", () => Posix.Unlink(calls.At(name)), Errno.ENOENT, Errno.EISDIR) is var unlinked and not Errno.EISDIR)
        {
            Won[contest] -= unlinked == Errno.None ? 1 : 0;
            return;
        }

        if (calls.Race($"rename {name} {temporary}", () => Posix.Rename(calls.At(name), calls.At(temporary), RenameFlags.NoReplace), Errno.ENOENT) == Errno.None)
        {
            Won[contest]--;
            calls.Must($"remove {temporary}", () => Posix.RemoveTree(calls.At(temporary)));
        }
    }

    public void Dispose()
    {
        slots.Dispose();
        openLog?.Dispose();
    }

    // Each way of making a name must have one winner.
    private Errno Take(int way, string name, string temporary)
    {
        byte[] at = calls.At(name), from = calls.At(temporary);
        switch (way)
        {
            case 0:
                return calls.Race($"create {name}", () => Posix.Write(at, Posix.OpenFlags.Write | Posix.OpenFlags.Create | Posix.OpenFlags.Exclusive, 0, []), Errno.EEXIST);
            case 1:
                return calls.Race($"mkdir {name}", () => Posix.MakeDirectory(at, 0x1ED), Errno.EEXIST);
            case 2:
                return calls.Race($"symlink {name}", () => Posix.MakeSymlink(at, PathBytes.Of(temporary)), Errno.EEXIST);
        }

        calls.Write(temporary, Posix.OpenFlags.Create | Posix.OpenFlags.Exclusive, 0, []);
        Errno error = way == 3
            ? calls.Race($"link {temporary} {name}", () => Posix.Link(from, at), Errno.EEXIST)
            : calls.Race($"rename {temporary} {name}", () => Posix.Rename(from, at, RenameFlags.NoReplace), Errno.EEXIST);
        if (way == 3 || error != Errno.None)
        {
            calls.Unlink(temporary);
        }

        return error;
    }

    private int OwnSlot() => (random.Next(StormPlan.Slots / StormPlan.Processes) * StormPlan.Processes) + process;
}
