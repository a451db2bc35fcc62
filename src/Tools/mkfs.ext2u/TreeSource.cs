using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Mkfs;
using Ext2Union.Ext2.Mkfs.Archives;
using Ext2Union.HostDirectory;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mkfs;

/// <summary>What -d names: a directory of the host, or a tar in a file or on standard input.</summary>
internal sealed class TreeSource : IDisposable
{
    private readonly string path;
    private readonly HostFileSystem? directory;
    private readonly TarInput? archive;

    private TreeSource(string path, HostFileSystem? directory, TarInput? archive)
    {
        this.path = path;
        this.directory = directory;
        this.archive = archive;
    }

    /// <summary>What messages call it.</summary>
    public string Name => archive?.Name ?? path;

    /// <summary>It is a tar.</summary>
    public bool IsArchive => archive is not null;

    /// <summary>Opens it. False: <paramref name="refusal"/> says why in one sentence.</summary>
    public static bool TryOpen(string path, [NotNullWhen(true)] out TreeSource? source, [NotNullWhen(false)] out string? refusal)
    {
        source = null;
        refusal = null;
        if (path == "-" || !Directory.Exists(path))
        {
            source = TarInput.TryOpen(path, out TarInput? archive, out refusal) ? new TreeSource(path, null, archive) : null;
            return source is not null;
        }

        bool isOpen = HostFileSystem.Open(path).TryGet(out HostFileSystem directory, out Errno error);
        source = isOpen ? new TreeSource(path, directory, null) : null;
        refusal = isOpen ? null : $"{path}: {Marshal.GetPInvokeErrorMessage((int)error)}";
        return isOpen;
    }

    /// <summary>Whether an image of this name would be copied into itself, or would overwrite the archive.</summary>
    public bool Holds(string target)
    {
        string whole = Path.GetFullPath(target);
        string folder = RealPath(Path.GetDirectoryName(whole) ?? "/");
        return archive is null
            ? (folder + "/").StartsWith(RealPath(path).TrimEnd('/') + "/", StringComparison.Ordinal)
            : archive.CanRepeat && File.Exists(target) && RealPath(target) == RealPath(path);
    }

    /// <summary>Finds the size of a new image. Answers why there is none, or null.</summary>
    public string? TryFindSize(FormatOptions wishes, out long size, out FormatOptions fitting)
    {
        size = 0;
        fitting = wishes;
        if (archive is { CanRepeat: false })
        {
            return $"a tar on {(path == "-" ? "standard input" : "a pipe")} is read only once; give a size, as in: mkfs.ext2u -d {path} IMAGE 1g";
        }

        TreeMeasure measure;
        if (directory is not null)
        {
            Errno error = TreeMeasure.TryMeasure(directory, out measure);
            if (error != Errno.None)
            {
                return $"reading {path} failed: {Marshal.GetPInvokeErrorMessage((int)error)}";
            }
        }
        else if (TreeMeasure.TryMeasure(new TarReader(archive!), out measure) is { } damage)
        {
            return damage.Message;
        }

        return measure.TryFindSize(wishes, out size, out fitting) is { } fault ? $"{path}: {fault.Message}" : null;
    }

    /// <summary>Copies it into a volume that <see cref="Formatter"/> has made. Null when done.</summary>
    public FormatFault? Fill(BlockDevice volume, PopulateOptions options, Action<FormatProgress> progress)
    {
        if (directory is not null)
        {
            return VolumePopulation.Run(volume, directory, options, progress);
        }

        if (archive!.CanRepeat)
        {
            archive.Rewind();
        }

        return VolumePopulation.Run(volume, new TarReader(archive), options, progress);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        directory?.Dispose();
        archive?.Dispose();
    }

    private static string RealPath(string path) => new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.FullName ?? Path.GetFullPath(path);
}
