using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>Files that a process puts into a directory of its neighbour, which moves the directory meanwhile.</summary>
internal sealed class Guests : IDisposable
{
    private readonly StormCalls calls;
    private readonly Random random;
    private readonly string prefix;
    private readonly Posix.OpenFile folder;
    private int version;

    public Guests(StormCalls calls, Random random, int process)
    {
        (this.calls, this.random) = (calls, random);
        prefix = $"guest-{process}-";
        folder = calls.Open(StormPlan.LowerDirectory((process + 1) % StormPlan.Processes, 0), Posix.OpenFlags.Read);
    }

    /// <summary>Content by name.</summary>
    public Dictionary<string, byte[]> All { get; } = [];

    public void Step()
    {
        if (All.Count < 10 && random.Next(2) == 0)
        {
            string name = prefix + ++version;
            byte[] content = Bytes();
            calls.Write(At(name), Posix.OpenFlags.Create | Posix.OpenFlags.Exclusive, 0, content);
            All.Add(name, content);
        }
        else if (All.Count > 0)
        {
            Change(All.Keys.ElementAt(random.Next(All.Count)));
        }
    }

    public void Dispose() => folder.Dispose();

    private void Change(string name)
    {
        switch (random.Next(4))
        {
            case 0:
                calls.Unlink(At(name));
                _ = All.Remove(name);
                break;
            case 1:
                string renamed = prefix + ++version;
                calls.Rename(At(name), At(renamed));
                _ = All.Remove(name, out byte[]? content);
                All.Add(renamed, content!);
                break;
            case 2:
                byte[] data = Bytes();
                calls.Write(At(name), Posix.OpenFlags.Append, 0, data);
                All[name] = [.. All[name], .. data];
                break;
            default:
                List<Posix.Entry> entries = calls.List(folder.LivePath + "/.");
                if (All.Keys.FirstOrDefault(guest => entries.Count(entry => entry.Name == guest) != 1) is { } wrong)
                {
                    throw StormCalls.Wrong($"{wrong} is listed {entries.Count(entry => entry.Name == wrong)} times in the directory it is in");
                }

                break;
        }
    }

    private string At(string name) => $"{folder.LivePath}/{name}";

    private byte[] Bytes()
    {
        byte[] bytes = new byte[random.Next(1, 2000)];
        random.NextBytes(bytes);
        return bytes;
    }
}
