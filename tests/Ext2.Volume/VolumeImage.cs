using System.Globalization;
using System.Text.RegularExpressions;
using Ext2Union.BlockDevices;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests;

/// <summary>An image of stock mke2fs, mounted and judged: debugfs tells inode numbers and content, e2fsck has the last word.</summary>
internal sealed class VolumeImage : IDisposable
{
    private readonly ScratchDirectory scratch = new("volume");

    public VolumeImage(Mke2fs recipe, Action<string>? fill = null)
    {
        Path = scratch["image"];
        string tree = scratch.Folder("tree");
        fill?.Invoke(tree);
        (recipe with { Tree = tree }).Make(Path);
    }

    public string Path { get; }

    public RememberingLog Log { get; } = new();

    public string Scratch(string name) => scratch[name];

    public Ext2Volume Mount(Ext2MountOptions? options = null)
    {
        Assert.True(TryMount(options ?? new Ext2MountOptions(), out Ext2Volume? volume, out string? refusal), refusal);
        return volume!;
    }

    public bool TryMount(Ext2MountOptions options, out Ext2Volume? volume, out string? refusal)
    {
        bool forReading = options.IsReadOnly || options.IsLower;
        Assert.True(FileBlockDevice.TryOpen(
            Path, forReading ? DeviceAccess.ReadOnly : DeviceAccess.ReadWrite, forReading ? DeviceSharing.Shared : DeviceSharing.Exclusive,
            out FileBlockDevice? device, out OpenRefusal? held), held?.ToString());
        if (Ext2Volume.TryMount(device!, options with { Log = Log }, out volume, out refusal))
        {
            return true;
        }

        device!.Dispose();
        return false;
    }

    public ulong NumberOf(string path)
    {
        string text = Debugfs($"stat {path}");
        return ulong.Parse(Regex.Match(text, @"Inode: (\d+)").Groups[1].Value, CultureInfo.InvariantCulture);
    }

    public string Debugfs(string command) => ProcessRunner.Check("/sbin/debugfs", "-R", command, Path);

    public byte[] Content(string path)
    {
        string target = scratch["dumped"];
        _ = Debugfs($"dump {path} {target}");
        return File.ReadAllBytes(target);
    }

    public void AssertClean()
    {
        Assert.Empty(Log.Lines);
        E2fsck.AssertClean(Path);
    }

    public static FileInode Open(Ext2Volume volume, ulong number)
    {
        Result<Inode> found = volume.Find(number);
        Assert.Equal(Errno.None, found.Error);
        return Assert.IsAssignableFrom<FileInode>(found.Value);
    }

    public static void End(Ext2Volume volume)
    {
        Assert.Equal(Errno.None, volume.Unmount());
        volume.Dispose();
    }

    public void Dispose() => scratch.Dispose();
}
