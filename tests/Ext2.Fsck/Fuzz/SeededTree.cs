using System.Text;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// A seeded tree in a folder of the host: what stock mke2fs fills a volume with. Every block of every file has bytes of its own, so that no block can pass for another.
/// </summary>
internal sealed class SeededTree(VolumeShape shape, int seed, string root)
{
    private readonly Random random = new(seed);
    private readonly List<string> directories = [""];
    private readonly List<string> files = [];
    private int count;

    /// <summary>Paths of directories below the root, the root's is empty.</summary>
    public IReadOnlyList<string> Directories => directories;

    /// <summary>Paths of regular files.</summary>
    public IReadOnlyList<string> Files => files;

    /// <summary>Makes it.</summary>
    public void Make()
    {
        MakeDirectories();
        for (int left = random.Next(14, 26); left > 0; left--)
        {
            WriteFile(random.Next(4) == 0 ? 0 : random.Next(1, (random.Next(3) == 0 ? 14 : 4) * shape.BlockBytes));
        }
        WriteFile((12 + random.Next(3, 40)) * shape.BlockBytes);
        if (shape.BlockBytes == 1024)
        {
            WriteFile((12 + 256 + random.Next(3, 20)) * 1024);
        }
        for (int left = 3; left > 0; left--)
        {
            WriteSparse(left);
        }
        FillDirectory("list", random.Next(40, 70), 1, 10);
        FillDirectory("names", random.Next(10, 20), 1, 250);
        if (shape.HasWideDirectory)
        {
            FillDirectory("wide", 640, 210, 240);
        }
        LinkFiles();
        MakeSymlinks();
    }

    private void MakeDirectories()
    {
        string deep = "";
        for (int depth = random.Next(4, 9); depth > 0; depth--)
        {
            deep = MakeDirectory(deep);
        }
        for (int left = random.Next(5, 10); left > 0; left--)
        {
            _ = MakeDirectory(Pick(directories));
        }
    }

    private string MakeDirectory(string parent)
    {
        string path = $"{parent}/d{count++}";
        Done(Posix.MakeDirectory(Host(path), 0x1ED));
        Done(Posix.ChangeMode(Host(path), 0x1ED | (uint)random.Next(8)));
        directories.Add(path);
        return path;
    }

    private void WriteFile(int bytes)
    {
        string path = $"{Pick(directories)}/f{count++}";
        byte[] content = new byte[bytes];
        for (int block = 0; block * shape.BlockBytes < bytes; block++)
        {
            Fill(content.AsSpan(block * shape.BlockBytes, Math.Min(shape.BlockBytes, bytes - (block * shape.BlockBytes))), path, block);
        }
        File.WriteAllBytes(root + path, content);
        Done(Posix.ChangeMode(Host(path), (uint)random.Next(0x1000)));
        Done(Posix.ChangeOwner(Host(path), (uint)random.Next(70000), (uint)random.Next(70000)));
        files.Add(path);
    }

    // A few blocks behind each other level of indirection: 1 to 3.
    private void WriteSparse(int level)
    {
        string path = $"{Pick(directories)}/sparse{level}-{count++}";
        long numbers = shape.BlockBytes / 4;
        long[] first = [12, 12 + numbers, 12 + numbers + (numbers * numbers)];
        using FileStream file = File.Create(root + path);
        byte[] block = new byte[shape.BlockBytes];
        for (int at = 0; at < level; at++)
        {
            long start = first[at] + random.Next(0, (int)numbers - 4);
            for (int index = 0; index < random.Next(1, 4); index++)
            {
                Fill(block, path, (int)start + index);
                file.Position = (start + index) * shape.BlockBytes;
                file.Write(block);
            }
        }
        if (random.Next(2) == 0)
        {
            file.SetLength(file.Length + random.Next(1, 20 * shape.BlockBytes));
        }
        files.Add(path);
    }

    private void FillDirectory(string name, int names, int shortest, int longest)
    {
        string path = "/" + name;
        Done(Posix.MakeDirectory(Host(path), 0x1ED));
        string[] targets = [.. Enumerable.Range(0, 4).Select(index => $"{path}/target{index}")];
        foreach (string target in targets)
        {
            File.WriteAllText(root + target, target);
            files.Add(target);
        }
        for (int index = 0; index < names; index++)
        {
            string entry = $"{path}/{index}-{new string((char)('a' + (index % 26)), random.Next(shortest, longest))}";
            // Most are links, for inodes are few; an inode counts 65,000 at most.
            if (index % 6 == 0 && names < 100)
            {
                File.WriteAllText(root + entry, index % 12 == 0 ? entry : "");
                files.Add(entry);
            }
            else
            {
                Done(Posix.Link(Host(Pick(targets)), Host(entry)));
            }
        }
        directories.Add(path);
    }

    private void LinkFiles()
    {
        for (int left = random.Next(3, 8); left > 0; left--)
        {
            Done(Posix.Link(Host(Pick(files)), Host($"{Pick(directories)}/link{count++}")));
        }
    }

    private void MakeSymlinks()
    {
        for (int left = random.Next(4, 8); left > 0; left--)
        {
            int length = random.Next(3) switch
            {
                0 => random.Next(60, Math.Min(shape.BlockBytes - 1, 1500)),
                1 => 59,
                _ => random.Next(1, 40),
            };
            byte[] target = Encoding.ASCII.GetBytes(new string('t', length));
            Done(Posix.MakeSymlink(Host($"{Pick(directories)}/symlink{count++}"), target));
        }
    }

    private void Fill(Span<byte> block, string path, int index)
    {
        byte[] line = Encoding.ASCII.GetBytes($"{path} of seed {seed}, block {index}\n");
        for (int at = 0; at < block.Length; at += line.Length)
        {
            line.AsSpan(0, Math.Min(line.Length, block.Length - at)).CopyTo(block[at..]);
        }
    }

    private T Pick<T>(IReadOnlyList<T> choices) => choices[random.Next(choices.Count)];

    private byte[] Host(string path) => Encoding.ASCII.GetBytes(root + path);

    private static void Done(Errno error) => Assert.Equal(Errno.None, error);
}
