using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Fsck;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2;

/// <summary>
/// An image of ext2 in any stream that can seek: formatted, checked, read and written by managed code alone, on every system. Paths have slashes between their
/// names; symbolic links are not followed. What fails is an <see cref="IOException"/> that says why. <see cref="Volume"/> has what these few methods lack: links, attributes, times, owners.
/// </summary>
public sealed class Ext2Image : IDisposable
{
    private const string ImageName = "the image";
    private const uint FileMode = 0x81A4;
    private const uint DirectoryMode = 0x41ED;

    private readonly Ext2Volume volume;
    private bool isOpen = true;

    private Ext2Image(Ext2Volume volume) => this.volume = volume;

    /// <summary>The mounted volume, while the image is open.</summary>
    public FileSystem Volume => volume;

    /// <summary>Makes a volume as long as the stream, which stays open. <paramref name="label"/>: at most 16 bytes.</summary>
    public static void Format(Stream stream, string label = "")
    {
        FormatFault? fault = Formatter.Format(new StreamBlockDevice(stream, ImageName), new FormatOptions { Label = Encoding.UTF8.GetBytes(label) });
        if (fault is not null)
        {
            throw new IOException(fault.Message);
        }
    }

    /// <summary>Checks the volume in the stream, which stays open, and repairs it where <paramref name="repair"/> is true. Requires: no image is open in it.</summary>
    public static Ext2Check Check(Stream stream, bool repair = false)
    {
        var transcript = new Transcript();
        var options = new CheckOptions { Mode = repair ? CheckMode.Yes : CheckMode.No, Force = true, Name = ImageName };
        CheckResult result = Checker.Run(new StreamBlockDevice(stream, ImageName), options, transcript);
        return new Ext2Check((result.Exit & ~ExitCode.Corrected) == ExitCode.Clean, result.Corrected, transcript.Lines);
    }

    /// <summary>Opens the volume in the stream, which is closed with the image. A stream that cannot be written to gives one that cannot be either.</summary>
    public static Ext2Image Open(Stream stream) =>
        Ext2Volume.TryMount(new StreamBlockDevice(stream, ImageName), new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal)
            ? new Ext2Image(volume) : throw new IOException(refusal);

    /// <summary>Makes a directory; those above it have to be there.</summary>
    public void CreateDirectory(string path)
    {
        using Place place = Find(path);
        place.Create(DirectoryMode).Release();
    }

    /// <summary>Writes a file whole, and makes it where it is not there.</summary>
    public void WriteFile(string path, ReadOnlySpan<byte> content)
    {
        using Place place = Find(path);
        Inode inode = place.Directory.Lookup(place.Name).TryGet(out Inode found, out _) ? found : place.Create(FileMode);
        try
        {
            FileInode file = inode as FileInode ?? throw new IOException($"{path} is no file");
            Demand(file.SetSize(0), path);
            for (int done = 0; done < content.Length;)
            {
                Demand(file.Write(done, content[done..], out int written), path);
                done += written;
            }
        }
        finally
        {
            inode.Release();
        }
    }

    /// <summary>Reads a file whole.</summary>
    public byte[] ReadFile(string path)
    {
        using Place place = Find(path);
        Inode inode = place.Get();
        try
        {
            FileInode file = inode as FileInode ?? throw new IOException($"{path} is no file");
            Demand(file.GetAttributes(out Attributes attributes), path);
            byte[] content = new byte[attributes.Size];
            Demand(file.Read(0, content, out int read), path);
            return read == content.Length ? content : throw new IOException($"{path} is cut short");
        }
        finally
        {
            inode.Release();
        }
    }

    /// <summary>The names in a directory, sorted; "/" is the root.</summary>
    public IReadOnlyList<string> List(string path)
    {
        using Place place = Find(path);
        Inode inode = place.Get();
        try
        {
            DirectoryInode directory = inode as DirectoryInode ?? throw new IOException($"{path} is no directory");
            var names = new Names();
            Demand(directory.Enumerate(0, names), path);
            names.All.Sort(StringComparer.Ordinal);
            return names.All;
        }
        finally
        {
            inode.Release();
        }
    }

    /// <summary>Deletes a file, or a directory that is empty.</summary>
    public void Delete(string path)
    {
        using Place place = Find(path);
        Errno error = place.Directory.Unlink(place.Name);
        Demand(error == Errno.EISDIR ? place.Directory.RemoveDirectory(place.Name) : error, path);
    }

    /// <summary>Writes everything and closes the stream.</summary>
    public void Dispose()
    {
        if (isOpen)
        {
            isOpen = false;
            Errno error = volume.Unmount();
            volume.Dispose();
            Demand(error, ImageName);
        }
    }

    private Place Find(string path)
    {
        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        DirectoryInode directory = volume.Root;
        directory.Acquire();
        foreach (string name in names.SkipLast(1))
        {
            bool isThere = directory.Lookup(Encoding.UTF8.GetBytes(name)).TryGet(out Inode next, out Errno error);
            directory.Release();
            Demand(error, path);
            directory = isThere && next is DirectoryInode inside ? inside : throw new IOException($"{path}: {name} is no directory");
        }

        return new Place(path, directory, names.Length > 0 ? Encoding.UTF8.GetBytes(names[^1]) : []);
    }

    private static void Demand(Errno error, string path)
    {
        if (error != Errno.None)
        {
            throw new IOException($"{path}: {error}");
        }
    }

    // A name in a directory, of which one reference is held.
    private sealed record Place(string Path, DirectoryInode Directory, byte[] Name) : IDisposable
    {
        public void Dispose() => Directory.Release();

        public Inode Get()
        {
            if (Name.Length == 0)
            {
                Directory.Acquire();
                return Directory;
            }

            return Directory.Lookup(Name).TryGet(out Inode inode, out Errno error) ? inode : throw new IOException($"{Path}: {error}");
        }

        public Inode Create(uint mode) =>
            Directory.Create(Name, new NewInode { Mode = mode }).TryGet(out Inode inode, out Errno error) ? inode : throw new IOException($"{Path}: {error}");
    }

    private sealed class Names : DirectorySink
    {
        public List<string> All { get; } = [];

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            All.Add(Encoding.UTF8.GetString(name));
            return true;
        }
    }
}
