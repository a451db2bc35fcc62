using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Fsck;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Volume;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests;

/// <summary>An ext2 volume of ours in memory: formatted, mounted, checked and saved without a tool.</summary>
internal static class MemoryVolume
{
    /// <summary>A new volume.</summary>
    public static MemoryBlockDevice Format(long bytes, FormatOptions options)
    {
        var device = new MemoryBlockDevice(bytes);
        return Formatter.Format(device, options) is { } fault ? throw new InvalidOperationException($"mkfs: {fault}") : device;
    }

    /// <summary>Mounts it; the device stays when the volume is disposed.</summary>
    public static Ext2Volume Mount(MemoryBlockDevice device, bool asLower = false) =>
        Ext2Volume.TryMount(new KeptBlockDevice(device), new Ext2MountOptions { IsLower = asLower }, out Ext2Volume? volume, out string? refusal)
            ? volume
            : throw new InvalidOperationException("mount: " + refusal);

    /// <summary>Null when our checker finds nothing, else its words.</summary>
    public static string? Check(BlockDevice device)
    {
        var words = new Words();
        CheckResult result = Checker.Run(device, new CheckOptions { Name = device.Name, Mode = CheckMode.No, Force = true }, words);
        return result.Exit == ExitCode.Clean ? null : $"fsck.ext2u: {result.Exit}\n{words}";
    }

    /// <summary>Null when stock e2fsck finds nothing on a copy in this folder with our two feature bits cleared, else its words.</summary>
    public static string? CheckByStock(MemoryBlockDevice device, string folder)
    {
        string path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        try
        {
            Save(device, path);
            E2fsck.ClearMarkFeatures(path);
            ProcessResult result = ProcessRunner.Run("/sbin/e2fsck", "-fn", path);
            return result.ExitCode == 0 ? null : result.ToString();
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Writes it to a file.</summary>
    public static void Save(MemoryBlockDevice device, string path)
    {
        using FileStream file = File.Create(path);
        file.SetLength(device.Length);
        byte[] chunk = new byte[1 << 16];
        for (long offset = 0; offset < device.Length; offset += chunk.Length)
        {
            Span<byte> part = chunk.AsSpan(0, (int)Math.Min(chunk.Length, device.Length - offset));
            Assert.Equal(Errno.None, device.Read(offset, part));
            if (part.ContainsAnyExcept((byte)0))
            {
                file.Position = offset;
                file.Write(part);
            }
        }
    }

    private sealed class Words : Interaction
    {
        private readonly List<string> lines = [];

        public override void Line(string text) => lines.Add(text);

        public override Answer Ask(string text)
        {
            lines.Add(text);
            return Answer.No;
        }

        public override string ToString() => string.Join('\n', lines);
    }
}
