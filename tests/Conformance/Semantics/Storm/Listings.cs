using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>Listings while everything changes: what nobody touches, and what only we touch, is there exactly once, with its own number and type.</summary>
internal sealed class Listings(StormCalls calls, Random random, OwnFiles files)
{
    private readonly Dictionary<string, ulong> stable = [];

    public void Look()
    {
        string folder = StormPlan.Folder(random.Next(StormPlan.Folders));
        List<Posix.Entry> entries = calls.List(folder);
        Dictionary<string, int> counts = [];
        foreach (Posix.Entry entry in entries)
        {
            counts[entry.Name] = counts.GetValueOrDefault(entry.Name) + 1;
        }

        for (int index = 0; index < StormPlan.StableNames; index++)
        {
            Once(StormPlan.Stable(index));
        }

        Dictionary<string, ulong> own = files.All.SelectMany(file => file.Names.Select(name => KeyValuePair.Create(name, file.Inode))).ToDictionary();
        foreach (string path in own.Keys.Where(path => path.StartsWith(folder + "/", StringComparison.Ordinal)))
        {
            Once(path[(folder.Length + 1)..]);
        }

        foreach (Posix.Entry entry in entries)
        {
            Numbered(folder, entry, own);
        }

        void Once(string name)
        {
            if (counts.GetValueOrDefault(name) != 1)
            {
                throw StormCalls.Wrong($"{folder}/{name} is listed {counts.GetValueOrDefault(name)} times{AskedAgain(folder, name)}");
            }
        }
    }

    // A listing that the kernel kept is thrown away when the directory changes: so it shows whose fault a wrong one is.
    private string AskedAgain(string folder, string name)
    {
        int again = calls.List(folder).Count(entry => entry.Name == name);
        calls.MakeDirectory($"{folder}/change-{name}");
        return $", asked again {again} times, after a change {calls.List(folder).Count(entry => entry.Name == name)} times";
    }

    /// <summary>A walk through all that others change: any answer will do, as long as there is one.</summary>
    public void Walk()
    {
        string folder = StormPlan.Folder(random.Next(StormPlan.Folders));
        foreach (Posix.Entry entry in calls.List(folder).Where(_ => random.Next(8) == 0))
        {
            string path = $"{folder}/{entry.Name}";
            if (entry.Kind == InodeKind.Directory)
            {
                _ = calls.Race($"list {path}", () => Posix.ListEntries(calls.At(path)).TryGet(out _, out Errno error) ? Errno.None : error, Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP);
            }
            else
            {
                _ = calls.Race($"read {path}", () => Posix.ReadAll(calls.At(path)).TryGet(out _, out Errno error) ? Errno.None : error, Errno.ENOENT, Errno.EISDIR, Errno.ELOOP);
            }
        }
    }

    private void Numbered(string folder, Posix.Entry entry, Dictionary<string, ulong> own)
    {
        string path = $"{folder}/{entry.Name}";
        bool isStable = entry.Name.StartsWith("stable-", StringComparison.Ordinal);
        if (isStable && !stable.ContainsKey(path))
        {
            stable.Add(path, calls.Stat(path).Inode);
        }

        ulong expected = isStable ? stable[path] : own.GetValueOrDefault(path);
        if (expected != 0 && (entry.Inode != expected || entry.Kind != InodeKind.File))
        {
            throw StormCalls.Wrong($"{path} is listed as {entry.Kind} {entry.Inode}, stat says File {expected}");
        }
    }
}
