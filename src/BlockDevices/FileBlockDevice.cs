using System.Diagnostics.CodeAnalysis;
using Ext2Union.Linux.Files;
using Ext2Union.Vfs;

namespace Ext2Union.BlockDevices;

/// <summary>An image file or a block device node, opened once and from then on known by its descriptor alone: a path that is swapped later changes nothing.</summary>
public sealed partial class FileBlockDevice : BlockDevice
{
    private const int ZeroBytes = 1 << 20;

    private FileDescriptor file;
    private readonly int sectorBytes;
    private long length;
    private FileDescriptor? claim;

    internal FileBlockDevice(string path, FileDescriptor file, in FileStatus status, long length, int sectorBytes, bool isReadOnly)
    {
        Name = path;
        this.file = file;
        Status = status;
        this.length = length;
        this.sectorBytes = sectorBytes;
        this.isReadOnly = isReadOnly;
        isOpenForWriting = !isReadOnly;
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override long Length => Volatile.Read(ref length);

    /// <inheritdoc/>
    public override bool IsReadOnly => Volatile.Read(ref isReadOnly);

    /// <summary>What statx(2) said when it was opened; identifies the image.</summary>
    public FileStatus Status { get; }

    /// <summary>Whether it is a device node and not a regular file.</summary>
    public bool IsDeviceNode => Status.Kind == InodeKind.BlockDevice;

    /// <summary>Bytes of a logical sector of a device node; 512 for a file.</summary>
    public int SectorBytes => sectorBytes;

    /// <summary>
    /// Opens an existing image or device and takes its lock, which is held until it is disposed. Only regular files and block devices are opened;
    /// anything else is refused before its open can have an effect.
    /// </summary>
    public static bool TryOpen(
        string path, DeviceAccess access, DeviceSharing sharing,
        [NotNullWhen(true)] out FileBlockDevice? device, [NotNullWhen(false)] out OpenRefusal? refusal) =>
        new FileBlockDeviceOpening(path, access, sharing).TryOpen(out device, out refusal);

    /// <summary>
    /// Opens an image for writing, making the file when it is not there, and gives a file that is shorter the length asked for, sparse.
    /// The lock is exclusive. A longer file keeps its length.
    /// </summary>
    public static bool TryCreate(
        string path, long length, [NotNullWhen(true)] out FileBlockDevice? device, [NotNullWhen(false)] out OpenRefusal? refusal)
    {
        if (!FileDescriptor.Open(path, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive, 0x1B6).TryGet(out FileDescriptor made, out Errno error))
        {
            if (error != Errno.EEXIST)
            {
                device = null;
                refusal = OpenRefusal.Of(path, error);
                return false;
            }
        }
        else
        {
            made.Dispose();
        }

        if (!TryOpen(path, DeviceAccess.ReadWrite, DeviceSharing.Exclusive, out device, out refusal))
        {
            return false;
        }

        error = device.Extend(length);
        if (error != Errno.None)
        {
            device.Dispose();
            device = null;
            refusal = OpenRefusal.Of(path, error);
            return false;
        }

        return true;
    }

    /// <summary>
    /// Claims a block device from the kernel (O_EXCL) until this is disposed, as <see cref="DeviceSharing.Exclusive"/> does at once: for a device opened with
    /// <see cref="DeviceSharing.ForMount"/> that no mount claims. A regular file has nothing to claim. Errors: EBUSY when somebody else has it.
    /// </summary>
    public Errno Claim()
    {
        if (!IsDeviceNode || claim is not null)
        {
            return Errno.None;
        }

        Result<FileDescriptor> claimed = FileDescriptor.Open(file.MagicPath, OpenFlags.ReadOnly | OpenFlags.Exclusive);
        return claimed.TryGet(out claim, out Errno error) ? Errno.None : error;
    }

    /// <summary>Lengthens a regular file with a hole; nothing happens when it is long enough. Errors: ENOSPC for a device that is too small, EFBIG.</summary>
    public override Errno Extend(long minimumLength) => minimumLength <= Length ? Errno.None : SetLength(minimumLength);

    /// <summary>Gives a regular file this length, shorter or longer. Errors: ENOSPC for a device of another one, EFBIG.</summary>
    public Errno SetLength(long newLength)
    {
        if (newLength == Length)
        {
            return Errno.None;
        }

        if (IsDeviceNode)
        {
            return Errno.ENOSPC;
        }

        Errno error = file.SetLength(newLength);
        if (error == Errno.None)
        {
            Volatile.Write(ref length, newLength);
        }

        return error;
    }

    /// <inheritdoc/>
    public override Errno Read(long offset, Span<byte> buffer)
    {
        if (!IsInside(offset, buffer.Length))
        {
            return Errno.EIO;
        }

        Errno error = file.Read(offset, buffer, out int read);
        return error != Errno.None ? OfDevice(error) : read == buffer.Length ? Errno.None : Errno.EIO;
    }

    /// <inheritdoc/>
    public override void WillRead(long offset, long length)
    {
        if (IsInside(offset, length) && length != 0)
        {
            file.WillNeed(offset, length);
        }
    }

    /// <inheritdoc/>
    public override Errno Write(long offset, ReadOnlySpan<byte> data) =>
        IsReadOnly ? Errno.EROFS : !IsInside(offset, data.Length) ? Errno.EIO : OfDevice(file.Write(offset, data));

    /// <inheritdoc/>
    public override Errno Flush() => OfDevice(file.SyncData());

    /// <inheritdoc/>
    public override Errno Discard(long offset, long length)
    {
        if (IsReadOnly || !IsInside(offset, length))
        {
            return IsReadOnly ? Errno.EROFS : Errno.EIO;
        }

        if (!IsDeviceNode)
        {
            return PunchHole(offset, length);
        }

        // Only whole sectors can be given up; the ends keep what they hold.
        long start = (offset + sectorBytes - 1) / sectorBytes * sectorBytes;
        long end = (offset + length) / sectorBytes * sectorBytes;
        return start >= end ? Errno.None : OfDiscard(BlockDeviceControl.Discard(file, start, end - start));
    }

    /// <inheritdoc/>
    public override bool DiscardedReadsZeros => !IsDeviceNode;

    /// <inheritdoc/>
    public override Errno WriteZeros(long offset, long length)
    {
        if (IsReadOnly || !IsInside(offset, length))
        {
            return IsReadOnly ? Errno.EROFS : Errno.EIO;
        }

        bool isAligned = offset % sectorBytes == 0 && length % sectorBytes == 0;
        Errno error = length == 0 ? Errno.None
            : !IsDeviceNode ? PunchHole(offset, length)
            : isAligned ? OfDiscard(BlockDeviceControl.WriteZeros(file, offset, length))
            : Errno.EOPNOTSUPP;
        return error == Errno.EOPNOTSUPP ? WriteZerosPlainly(offset, length) : error;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            claim?.Dispose();
            openedBefore?.Dispose();
            file.Dispose();
        }
    }

    // What a broken medium makes the block layer answer (ENODATA, ETIMEDOUT, EREMOTEIO, EILSEQ ...) would mean something else to a file system's caller.
    private static Errno OfDevice(Errno error) => error switch
    {
        Errno.None or Errno.ENOSPC or Errno.EDQUOT or Errno.EROFS or Errno.EFBIG or Errno.ENOMEM => error,
        _ => Errno.EIO,
    };

    private static Errno OfDiscard(Errno error) =>
        error is Errno.EOPNOTSUPP or Errno.ENOTTY or Errno.EINVAL or Errno.ENOSYS ? Errno.EOPNOTSUPP : OfDevice(error);

    private Errno PunchHole(long offset, long length) =>
        OfDiscard(file.Allocate(AllocateMode.PunchHole | AllocateMode.KeepSize, offset, length));

    private Errno WriteZerosPlainly(long offset, long length)
    {
        byte[] zeros = new byte[(int)Math.Min(length, ZeroBytes)];
        for (long done = 0; done < length; done += zeros.Length)
        {
            Errno error = Write(offset + done, zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - done)));
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.None;
    }
}
