using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Tmpfs.Tests;

/// <summary>A small tmpfs and short ways to use it.</summary>
internal sealed class Fixture : IDisposable
{
    public Fixture(long pages = 1000, long inodes = 1000) =>
        FileSystem = new TmpfsFileSystem(new TmpfsOptions { SizeBytes = pages * 4096, InodeCount = inodes });

    public TmpfsFileSystem FileSystem { get; }
    public LayerDirectory Root => (LayerDirectory)FileSystem.Root;

    public Statistics Statistics
    {
        get
        {
            Assert.Equal(Errno.None, FileSystem.GetStatistics(out Statistics statistics));
            return statistics;
        }
    }

    public ulong FreePages => Statistics.FreeBlocks;
    public ulong FreeInodes => Statistics.FreeInodes;

    public void Dispose() => FileSystem.Dispose();

    public static byte[] B(string text) => Encoding.UTF8.GetBytes(text);

    public static uint Octal(string digits) => Convert.ToUInt32(digits, 8);

    public FileInode File(string name, LayerDirectory? directory = null) =>
        (FileInode)(directory ?? Root).Create(B(name), new NewInode { Mode = Octal("100644") }).Value;

    public LayerDirectory Directory(string name, LayerDirectory? directory = null) =>
        (LayerDirectory)(directory ?? Root).Create(B(name), new NewInode { Mode = Octal("40755") }).Value;

    public static Attributes AttributesOf(Inode inode)
    {
        Assert.Equal(Errno.None, inode.GetAttributes(out Attributes attributes));
        return attributes;
    }

    public static Errno Write(FileInode file, long offset, int length, byte fill = 0x5A)
    {
        byte[] data = new byte[length];
        Array.Fill(data, fill);
        Errno error = file.Write(offset, data, out int written);
        return error == Errno.None && written != length ? Errno.ENOSPC : error;
    }

    public static string[] Names(DirectoryInode directory, long cookie = 0)
    {
        NameSink sink = new();
        Assert.Equal(Errno.None, directory.Enumerate(cookie, sink));
        return [.. sink.Names];
    }

    internal sealed class NameSink(int limit = int.MaxValue) : DirectorySink
    {
        public List<string> Names { get; } = [];
        public long Cookie { get; private set; }
        public int Left { get; set; } = limit;

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            if (Left-- <= 0)
            {
                return false;
            }

            Names.Add(Encoding.UTF8.GetString(name));
            Cookie = nextCookie;
            return true;
        }
    }

    internal sealed class MarkSink : SlotSink
    {
        public List<string> Slots { get; } = [];

        public override bool Add(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind, long nextCookie)
        {
            Slots.Add($"{Encoding.UTF8.GetString(name)}:{slot}");
            return true;
        }
    }
}
