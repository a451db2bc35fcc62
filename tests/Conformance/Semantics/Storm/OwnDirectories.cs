using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>What a process does with its directories that have lower content, and with directories it makes and removes again.</summary>
internal sealed class OwnDirectories
{
    private readonly StormCalls calls;
    private readonly Random random;
    private readonly OwnFiles files;
    private readonly List<OwnDirectory> directories = [];

    public OwnDirectories(StormCalls calls, Random random, OwnFiles files, int process)
    {
        (this.calls, this.random, this.files) = (calls, random, files);
        for (int index = 0; index < StormPlan.LowerDirectories; index++)
        {
            string path = StormPlan.LowerDirectory(process, index);
            directories.Add(new OwnDirectory
            {
                Path = path,
                Inode = calls.Stat(path).Inode,
                Children = Enumerable.Range(0, StormPlan.Children).ToDictionary(StormPlan.Child, child => StormPlan.Content($"{process} {index} {child}")),
            });
        }
    }

    public IReadOnlyList<OwnDirectory> All => directories;

    public void Rename()
    {
        OwnDirectory directory = Any();
        string path = files.FreshName("moved");
        calls.Rename(directory.Path, path, random.Next(2) == 0 ? RenameFlags.None : RenameFlags.NoReplace);
        directory.Path = path;
        Look(directory);
    }

    public void Exchange()
    {
        OwnDirectory directory = directories[0], other = directories[1];
        if (random.Next(2) == 0)
        {
            OwnFile file = files.All[random.Next(files.All.Count)];
            int index = random.Next(file.Names.Count);
            calls.Rename(directory.Path, file.Names[index], RenameFlags.Exchange);
            (directory.Path, file.Names[index]) = (file.Names[index], directory.Path);
        }
        else
        {
            calls.Rename(directory.Path, other.Path, RenameFlags.Exchange);
            (directory.Path, other.Path) = (other.Path, directory.Path);
            Look(other);
        }

        Look(directory);
    }

    public void Refusals()
    {
        OwnDirectory directory = directories[0], other = directories[1];
        calls.RemoveDirectory(directory.Path, Errno.ENOTEMPTY);
        calls.Rename(directory.Path, other.Path, RenameFlags.None, Errno.ENOTEMPTY);
        calls.Rename(directory.Path, directory.Path + "/sub/below", RenameFlags.None, Errno.EINVAL);
    }

    public void WriteChild()
    {
        OwnDirectory directory = Any();
        string child = directory.Children.Keys.ElementAt(random.Next(directory.Children.Count));
        byte[] data = new byte[random.Next(5000)];
        random.NextBytes(data);
        calls.Write($"{directory.Path}/{child}", Posix.OpenFlags.Truncate, 0, data);
        directory.Children[child] = data;
    }

    /// <summary>Away with a child, and another one in its place: the lower's must not come back.</summary>
    public void ReplaceChild()
    {
        OwnDirectory directory = Any();
        string child = directory.Children.Keys.ElementAt(random.Next(directory.Children.Count));
        calls.Unlink($"{directory.Path}/{child}");
        Errno gone = calls.Race($"stat {directory.Path}/{child}", () => Posix.Stat(calls.At($"{directory.Path}/{child}")).TryGet(out _, out Errno error) ? Errno.None : error, Errno.ENOENT);
        if (gone == Errno.None)
        {
            throw StormCalls.Wrong($"{directory.Path}/{child} is there after its unlink");
        }

        calls.Write($"{directory.Path}/{child}", Posix.OpenFlags.Create | Posix.OpenFlags.Exclusive, 0, []);
        directory.Children[child] = [];
    }

    /// <summary>A directory in a shared one that comes and goes with its content.</summary>
    public void MakeAndRemove()
    {
        string path = files.FreshName("made");
        calls.MakeDirectory(path);
        for (int index = 0; index < 5; index++)
        {
            calls.Write($"{path}/{index}", Posix.OpenFlags.Create | Posix.OpenFlags.Exclusive, 0, new byte[index * 100]);
        }

        string moved = files.FreshName("made");
        calls.Rename(path, moved);
        List<Posix.Entry> entries = calls.List(moved);
        if (entries.Count != 5)
        {
            throw StormCalls.Wrong($"{moved} lists {string.Join(' ', entries)}");
        }

        entries.ForEach(entry => calls.Unlink($"{moved}/{entry.Name}"));
        calls.RemoveDirectory(moved);
    }

    /// <summary>Everything in a directory is where it was, under whatever name the directory has now.</summary>
    public void Look(OwnDirectory directory)
    {
        if (calls.Stat(directory.Path).Inode is var inode && inode != directory.Inode)
        {
            throw StormCalls.Wrong($"{directory.Path} has inode {inode}, expected {directory.Inode}");
        }

        List<Posix.Entry> entries = calls.List(directory.Path);
        foreach (string child in directory.Children.Keys)
        {
            string first = child.Split('/')[0];
            if (entries.Count(entry => entry.Name == first) != 1)
            {
                throw StormCalls.Wrong($"{directory.Path} lists {first} {entries.Count(entry => entry.Name == first)} times: {string.Join(' ', entries.Select(entry => entry.Name))}");
            }
        }

        (string some, byte[] content) = directory.Children.ElementAt(random.Next(directory.Children.Count));
        if (!calls.Read($"{directory.Path}/{some}").AsSpan().SequenceEqual(content))
        {
            throw StormCalls.Wrong($"{directory.Path}/{some} has other content");
        }
    }

    public void LookAtOne() => Look(Any());

    private OwnDirectory Any() => directories[random.Next(directories.Count)];
}
