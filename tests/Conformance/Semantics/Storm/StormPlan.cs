using System.Globalization;
using System.Text;
using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>What lies in the lower before a storm, and the names and bytes that all its processes agree about.</summary>
internal static class StormPlan
{
    public const int Processes = 8;
    public const int Folders = 5;
    public const int StableNames = 60;
    public const int LowerFiles = 6;
    public const int LowerDirectories = 2;
    public const int Children = 6;
    public const int Logs = 3;
    public const int Counters = 5;
    public const int Contests = 10;
    public const int SlotBytes = 512;
    public const int Slots = 1024;
    public const int RecordBytes = 32;

    /// <summary>The file of slots, each of one process; two of its names, which are one file.</summary>
    public static readonly string[] SlotFiles = ["s0/slots", "s1/slots-too"];

    public static string Folder(int index) => $"s{index % Folders}";

    public static string Stable(int index) => $"stable-{index:D3}";

    public static string LowerFile(int process, int index) => $"{Folder(process + index)}/p{process}-low-{index}";

    /// <summary>Another name of the same lower file; every other file has one.</summary>
    public static string? OtherName(int process, int index) => index % 2 == 0 ? $"{Folder(process + index + 2)}/p{process}-also-{index}" : null;

    public static string LowerDirectory(int process, int index) => $"{Folder(process + index + 1)}/p{process}-dir-{index}";

    public static string Child(int index) => index % 2 == 0 ? $"child-{index}" : $"sub/child-{index}";

    public static string Log(int index) => $"{Folder(index)}/log-{index}";

    public static string Counter(int index) => $"{Folder(index)}/counter-{index}";

    public static string Lock(int index) => $"{Folder(index + 1)}/lock-{index}";

    public static string Contest(int index) => $"{Folder(index)}/contest-{index}";

    /// <summary>Whether a name that is fought for exists at the beginning, and as a directory with content.</summary>
    public static (bool Exists, bool IsDirectory) ContestAtFirst(int index) => (index % 2 == 0, index % 4 == 0);

    /// <summary>The content of a lower file before anyone changes it.</summary>
    public static byte[] Content(string name)
    {
        int seed = name.Aggregate(17, (sum, letter) => unchecked((sum * 31) + letter));
        var random = new Random(seed);
        byte[] content = new byte[random.Next(6) == 0 ? random.Next(100_000, 200_000) : random.Next(20_000)];
        random.NextBytes(content);
        return content;
    }

    /// <summary>What a slot holds after its owner wrote it so often; 0 is the lower's.</summary>
    public static byte[] Slot(int index, int version)
    {
        byte[] data = new byte[SlotBytes];
        new Random((index * 7919) + version).NextBytes(data);
        return data;
    }

    /// <summary>One line of a log.</summary>
    public static byte[] Record(int process, int sequence) =>
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{process:D2} {sequence:D8}").PadRight(RecordBytes - 1, '.') + "\n");

    public static int SlotOwner(int index) => index % Processes;

    /// <summary>Makes the lower's tree.</summary>
    public static void MakeLower(string root)
    {
        for (int folder = 0; folder < Folders; folder++)
        {
            for (int index = 0; index < StableNames; index++)
            {
                Put($"{Folder(folder)}/{Stable(index)}", Encoding.ASCII.GetBytes(Stable(index)));
            }
        }

        for (int process = 0; process < Processes; process++)
        {
            MakeOwn(process);
        }

        for (int index = 0; index < Counters; index++)
        {
            Put(Counter(index), Encoding.ASCII.GetBytes("00000000"));
            Put(Lock(index) + (index == 1 ? "/below" : ""), []);
        }

        for (int index = 0; index < Logs; index++)
        {
            Put(Log(index), [.. Enumerable.Range(0, 100).SelectMany(sequence => Record(99, sequence))]);
        }

        for (int index = 0; index < Contests; index++)
        {
            (bool exists, bool isDirectory) = ContestAtFirst(index);
            if (exists)
            {
                Put(Contest(index) + (isDirectory ? "/below" : ""), []);
            }
        }

        Put(SlotFiles[0], [.. Enumerable.Range(0, Slots).SelectMany(index => Slot(index, 0))]);
        Link(SlotFiles[0], SlotFiles[1]);

        void Link(string existing, string path) => Assert.Equal(Vfs.Errno.None, Posix.Link(PathBytes.Of($"{root}/{existing}"), PathBytes.Of($"{root}/{path}")));

        void Put(string path, byte[] content)
        {
            string full = Path.Combine(root, path);
            _ = Directory.CreateDirectory(Path.GetDirectoryName(full)!);
            File.WriteAllBytes(full, content);
        }

        void MakeOwn(int process)
        {
            for (int index = 0; index < LowerFiles; index++)
            {
                string path = LowerFile(process, index);
                Put(path, Content(Path.GetFileName(path)));
                if (OtherName(process, index) is { } other)
                {
                    Link(path, other);
                }
            }

            for (int index = 0; index < LowerDirectories; index++)
            {
                for (int child = 0; child < Children; child++)
                {
                    Put($"{LowerDirectory(process, index)}/{Child(child)}", Content($"{process} {index} {child}"));
                }
            }
        }
    }
}
