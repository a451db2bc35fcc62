using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Xattrs;

/// <summary>An image of stock mke2fs with some files, changed by us and judged by the kernel's driver and e2fsck.</summary>
internal sealed class XattrImage : IDisposable
{
    private readonly ScratchDirectory scratch = new("xattrs");
    private readonly Dictionary<string, ulong> numbers = [];
    private Ext2Volume? volume;

    public XattrImage(int inodeBytes, int blockBytes, int files, string features = "")
    {
        string tree = scratch.Folder("tree");
        _ = Directory.CreateDirectory($"{tree}/dir");
        for (int i = 0; i < files; i++)
        {
            File.WriteAllText($"{tree}/f{i}", $"content {i}");
        }

        Assert.Equal(Errno.None, Posix.MakeSymlink(B($"{tree}/link"), B("f0")));
        Assert.Equal(Errno.None, Posix.MakeNode(B($"{tree}/pipe"), Convert.ToUInt32("10644", 8), default));
        new Mke2fs { InodeBytes = inodeBytes, BlockBytes = blockBytes, Bytes = 16 << 20, Tree = tree, Features = features }.Make(Path);
        InKernel(root =>
        {
            foreach (string entry in Directory.GetFileSystemEntries(root))
            {
                numbers[System.IO.Path.GetFileName(entry)] = Posix.Stat(B(entry)).Value.Inode;
            }
        });
    }

    public string Path => scratch["image"];

    public Lines Log { get; } = new();

    public Ext2Volume Volume => volume ??= Mount();

    public static byte[] B(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Runs something on the kernel's mount of the image, which is not mounted by us meanwhile.</summary>
    public void InKernel(Action<string> work, bool readOnly = true)
    {
        Unmount();
        using LoopMount mount = new(Path, scratch["mount"], "ext4", readOnly);
        work(mount.FullPath);
    }

    public void With(string name, Action<Inode> work)
    {
        Inode inode = Volume.Find(numbers[name]).Value;
        work(inode);
        inode.Release();
    }

    public void Unmount()
    {
        if (volume is not null)
        {
            Assert.Equal(Errno.None, volume.Unmount());
            volume.Dispose();
            volume = null;
        }
    }

    public void AssertClean()
    {
        Unmount();
        Assert.Empty(Log.All);
        E2fsck.AssertClean(Path);
    }

    /// <summary>The image's bytes; without the lock that the runtime's own calls take, which a child started elsewhere may still hold.</summary>
    public FileStream OpenBytes() => new(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);

    public byte[] ReadBytes(long offset, int length)
    {
        byte[] bytes = new byte[length];
        using FileStream file = OpenBytes();
        file.Position = offset;
        file.ReadExactly(bytes);
        return bytes;
    }

    public string Debugfs(string command) => ProcessRunner.Check("/sbin/debugfs", "-R", command, Path);

    public void Dispose()
    {
        volume?.Dispose();
        scratch.Dispose();
    }

    private Ext2Volume Mount()
    {
        // A child that another test starts this moment holds our descriptors, and with them the lock, until it has executed its program.
        FileBlockDevice? device;
        OpenRefusal? held;
        for (int attempt = 0; !FileBlockDevice.TryOpen(Path, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out device, out held); attempt++)
        {
            Assert.True(attempt < 100, held?.ToString());
            Thread.Sleep(20);
        }

        Assert.True(Ext2Volume.TryMount(device!, new Ext2MountOptions { Log = Log }, out Ext2Volume? mounted, out string? refusal), refusal);
        return mounted!;
    }

    internal sealed class Lines : EventLog
    {
        public List<string> All { get; } = [];

        public override void Report(string line) => All.Add(line);
    }
}
