using System.Security.Cryptography;
using Ext2Union.BlockDevices;
using Ext2Union.Conformance.Tests.Differential;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Semantics.Rotation;

/// <summary>Volumes in memory, in this process.</summary>
internal sealed class MemoryStack : IRotatingStack
{
    private const long VolumeBytes = 24 << 20;

    private readonly int seed;
    private readonly string folder;
    private readonly UnionOptions options;
    private readonly List<(MemoryBlockDevice Device, string Hash)> lowers = [];
    private MemoryBlockDevice top;
    private VfsTarget target;

    public MemoryStack(int seed, string folder, UnionOptions options, MemoryBlockDevice lower)
    {
        (this.seed, this.folder, this.options) = (seed, folder, options);
        lowers.Add((lower, HashOf(lower)));
        top = Fresh(seed);
        target = new VfsTarget(Stacked(), RotationRun.Compared, Again);
    }

    public ITarget Target => target;

    /// <summary>A new volume.</summary>
    public static MemoryBlockDevice Fresh(int seed) =>
        MemoryVolume.Format(VolumeBytes, new FormatOptions { BlockBytes = 1024 << (seed % 3), InodeBytes = 256, InodeCount = 3000 });

    public string? Rotate()
    {
        if (EndMount() is { } fault)
        {
            return fault;
        }

        lowers.Insert(0, (top, HashOf(top)));
        top = Fresh(seed + lowers.Count);
        target = new VfsTarget(Stacked(), RotationRun.Compared, Again);
        return null;
    }

    public string? End() =>
        EndMount() ?? (lowers.FindIndex(lower => HashOf(lower.Device) != lower.Hash) is var changed and >= 0 ? $"the bytes of lower {changed} changed" : null);

    public void Dispose() => target.Dispose();

    private static string HashOf(MemoryBlockDevice device)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] chunk = new byte[1 << 20];
        for (long offset = 0; offset < device.Length; offset += chunk.Length)
        {
            Assert.Equal(Errno.None, device.Read(offset, chunk));
            hash.AppendData(chunk);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private string? EndMount()
    {
        if (target.Unmount() is var error and not Errno.None)
        {
            return $"unmounting: {error}";
        }

        target.Dispose();
        return MemoryVolume.Check(top) ?? (lowers.Count % 4 == 0 ? MemoryVolume.CheckByStock(top, folder) : null);
    }

    private UnionFileSystem Again(FileSystem former)
    {
        Assert.Equal(Errno.None, former.Unmount());
        former.Dispose();
        return Stacked();
    }

    private UnionFileSystem Stacked()
    {
        FileSystem[] below = [.. lowers.Select(lower => MemoryVolume.Mount(lower.Device, asLower: true))];
        return UnionFileSystem.Create(MemoryVolume.Mount(top), below, options).TryGet(out UnionFileSystem union, out Errno error)
            ? union
            : throw new InvalidOperationException($"the union cannot be made: {error}");
    }
}
