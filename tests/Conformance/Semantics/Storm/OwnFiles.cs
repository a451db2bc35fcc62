using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>What a process does with its own files, in directories that it shares: every call must succeed and show what it did.</summary>
internal sealed partial class OwnFiles
{
    private const int MostFiles = 30;
    private const int FewestFiles = 6;
    private const int MostNames = 5;
    private const int MostBytes = 40_000;

    private readonly StormCalls calls;
    private readonly Random random;
    private readonly int process;
    private readonly List<OwnFile> files = [];
    private int version;

    public OwnFiles(StormCalls calls, Random random, int process)
    {
        this.calls = calls;
        this.random = random;
        this.process = process;
        for (int index = 0; index < StormPlan.LowerFiles; index++)
        {
            string path = StormPlan.LowerFile(process, index);
            Adopt(path, StormPlan.Content(Path.GetFileName(path)));
            if (StormPlan.OtherName(process, index) is { } other)
            {
                files[^1].Names.Add(other);
            }
        }
    }

    public IReadOnlyList<OwnFile> All => files;

    /// <summary>A name that nobody else makes, in a shared directory.</summary>
    public string FreshName(string kind = "own") => $"{StormPlan.Folder(random.Next(StormPlan.Folders))}/p{process}-{kind}-{++version}";

    public void Create()
    {
        if (files.Count >= MostFiles)
        {
            Delete();
            return;
        }

        string path = FreshName();
        byte[] content = Bytes(random.Next(20_000));
        calls.Write(path, Posix.OpenFlags.Create | Posix.OpenFlags.Exclusive, 0, content);
        Adopt(path, content);
    }

    /// <summary>A file that has no name until it is complete.</summary>
    public void CreateNameless()
    {
        if (files.Count >= MostFiles)
        {
            return;
        }

        string path = FreshName();
        byte[] content = Bytes(random.Next(10_000));
        using (Posix.OpenFile file = calls.Open(StormPlan.Folder(random.Next(StormPlan.Folders)), Posix.OpenFlags.Nameless | Posix.OpenFlags.ReadWrite))
        {
            calls.Must("write to a nameless file", () => file.Write(0, content));
            calls.Must($"link a nameless file {path}", () => file.Link(calls.At(path)));
        }

        Adopt(path, content);
    }

    public void Delete()
    {
        OwnFile file = Any();
        if (file.Names.Count == 1 && files.Count <= FewestFiles)
        {
            return;
        }

        calls.Unlink(TakeName(file));
    }

    /// <summary>The data of a file without names is there until it is closed.</summary>
    public void DeleteWhileOpen()
    {
        OwnFile file = Any();
        if (file.Names.Count > 1 || files.Count <= FewestFiles)
        {
            return;
        }

        using Posix.OpenFile open = calls.Open(file.Names[0], random.Next(2) == 0 ? Posix.OpenFlags.Read : Posix.OpenFlags.ReadWrite);
        byte[] content = file.Content;
        calls.Unlink(TakeName(file));
        if (!calls.Get("read an unlinked file", open.ReadAll).AsSpan().SequenceEqual(content))
        {
            throw StormCalls.Wrong("an unlinked open file has other content");
        }
    }

    public void Link()
    {
        OwnFile file = Any();
        if (file.Names.Count < MostNames)
        {
            string path = FreshName();
            calls.Link(AnyName(file), path);
            file.Names.Add(path);
        }
    }

    public void Rename()
    {
        OwnFile file = Any();
        int index = random.Next(file.Names.Count);
        string path = FreshName();
        calls.Rename(file.Names[index], path, random.Next(2) == 0 ? RenameFlags.None : RenameFlags.NoReplace);
        file.Names[index] = path;
    }

    public void RenameOver()
    {
        OwnFile file = Any(), other = Any();
        if (ReferenceEquals(file, other) || (other.Names.Count == 1 && files.Count <= FewestFiles))
        {
            return;
        }

        string taken = TakeName(other);
        int index = random.Next(file.Names.Count);
        calls.Rename(file.Names[index], taken);
        file.Names[index] = taken;
    }

    public void Exchange()
    {
        OwnFile file = Any(), other = Any();
        if (ReferenceEquals(file, other))
        {
            return;
        }

        int index = random.Next(file.Names.Count), otherIndex = random.Next(other.Names.Count);
        calls.Rename(file.Names[index], other.Names[otherIndex], RenameFlags.Exchange);
        (file.Names[index], other.Names[otherIndex]) = (other.Names[otherIndex], file.Names[index]);
    }

    /// <summary>A name that is taken, by a file of ours or by one that only the lower has, is not replaced.</summary>
    public void RenameOntoTaken()
    {
        string taken = random.Next(2) == 0
            ? AnyName(Any())
            : $"{StormPlan.Folder(random.Next(StormPlan.Folders))}/{StormPlan.Stable(random.Next(StormPlan.StableNames))}";
        calls.Rename(AnyName(Any()), taken, RenameFlags.NoReplace, Errno.EEXIST);
    }

    private OwnFile Any() => files[random.Next(files.Count)];

    private string AnyName(OwnFile file) => file.Names[random.Next(file.Names.Count)];

    private byte[] Bytes(int length)
    {
        byte[] bytes = new byte[length];
        random.NextBytes(bytes);
        return bytes;
    }

    private string TakeName(OwnFile file)
    {
        int index = random.Next(file.Names.Count);
        string name = file.Names[index];
        file.Names.RemoveAt(index);
        if (file.Names.Count == 0)
        {
            _ = files.Remove(file);
        }

        return name;
    }

    private void Adopt(string path, byte[] content)
    {
        Attributes found = calls.Stat(path);
        files.Add(new OwnFile { Names = [path], Content = content, Inode = found.Inode, Mode = found.Mode & 0xFFF });
    }
}
