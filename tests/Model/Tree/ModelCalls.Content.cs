using Ext2Union.Model.Tests.Calls;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <content>Content of files.</content>
internal sealed partial class ModelCalls
{
    private const int SeekData = 3;
    private const int SeekHole = 4;

    private Prediction ReadData(ModelDescriptor descriptor, long? offset, long length)
    {
        if (!descriptor.Reads)
        {
            return Fail(Errno.EBADF);
        }

        if (descriptor.Inode.Directory is not null)
        {
            // Where a listing has left off may be an offset that no read could have.
            return offset is null ? Prediction.NotMade : Fail(Errno.EISDIR);
        }

        byte[] expected = descriptor.Inode.Content.Read(offset ?? descriptor.Position, length);
        descriptor.Position += offset is null ? expected.Length : 0;
        return Content(expected);
    }

    private static Prediction Content(byte[] expected)
    {
        string text = $"{Answer.Hash(expected)}";
        return new(Errno.None, check: answer => answer.Value != expected.Length ? $"{answer.Value} bytes, not {expected.Length}"
            : answer.Text != text ? "other bytes" : null);
    }

    private Prediction WriteData(ModelProcess process, ModelDescriptor descriptor, long? offset, byte[] data)
    {
        if (!descriptor.Writes)
        {
            return Fail(Errno.EBADF);
        }

        ModelInode inode = descriptor.Inode;
        if (inode.IsImmutable && !abilities.WritesImmutableByDescriptor)
        {
            return Fail(Errno.EPERM);
        }

        // Taking the set-id bits away changes a mode that may not change: file systems differ in whether that stops the write.
        if ((inode.IsImmutable || inode.IsAppendOnly) && !process.IsRoot && WithoutSetIds(process, inode) != inode.Mode)
        {
            return Prediction.NotMade;
        }

        if (data.Length > 0)
        {
            long place = descriptor.Appends ? inode.Content.Size : offset ?? descriptor.Position;
            DropPrivileges(process, inode);
            inode.Content.Write(place, data);
            inode.TouchContent(tree.Now);
            descriptor.Position = offset is null ? place + data.Length : descriptor.Position;
        }

        return Value(data.Length);
    }

    private Prediction Seek(ModelDescriptor descriptor, long offset, int whence)
    {
        if (descriptor.Inode.Kind != InodeKind.File)
        {
            return Prediction.NotMade;
        }

        ModelContent content = descriptor.Inode.Content;
        if (whence is SeekData or SeekHole)
        {
            return offset < 0 || offset >= content.Size ? Fail(Errno.ENXIO) : whence == SeekData ? FindData(descriptor, offset) : FindHole(descriptor, offset);
        }

        long position = offset + whence switch { 1 => descriptor.Position, 2 => content.Size, _ => 0 };
        if (position < 0)
        {
            return Fail(Errno.EINVAL);
        }

        descriptor.Position = position;
        return Value(position);
    }

    // A hole may be told as data, but data never as a hole.
    private static Prediction FindData(ModelDescriptor descriptor, long offset)
    {
        long first = descriptor.Inode.Content.FindData(offset), size = descriptor.Inode.Content.Size;
        return new Prediction(Errno.None, first < 0 ? Errno.ENXIO : Errno.None, answer =>
        {
            descriptor.Position = answer.Value;
            return answer.Value < offset || answer.Value >= size || (first >= 0 && answer.Value > first) ? $"data at {answer.Value}, but there is some at {first}" : null;
        });
    }

    private static Prediction FindHole(ModelDescriptor descriptor, long offset)
    {
        ModelContent content = descriptor.Inode.Content;
        return new Prediction(Errno.None, check: answer =>
        {
            descriptor.Position = answer.Value;
            return answer.Value < offset || answer.Value > content.Size || (answer.Value < content.Size && content.Read(answer.Value, 1)[0] != 0)
                ? $"a hole at {answer.Value} of {content.Size}"
                : null;
        });
    }

    private Prediction Truncate(ModelProcess process, string path, long size)
    {
        if (Find(process, path, Ending.Follow, out Place place) is { } failure)
        {
            return failure;
        }

        ModelInode inode = place.Inode!;
        if (inode.Kind != InodeKind.File)
        {
            return Fail(inode.Directory is not null ? Errno.EISDIR : Errno.EINVAL);
        }

        isProtected |= inode.IsAppendOnly;
        if (!May(process, inode, Write))
        {
            return Fail(Errno.EACCES);
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        Resize(process, inode, size);
        return Success;
    }

    private Prediction TruncateDescriptor(ModelProcess process, ModelDescriptor descriptor, long size)
    {
        if (!descriptor.Writes)
        {
            return Fail(Errno.EINVAL);
        }

        isProtected |= descriptor.Inode.IsAppendOnly || (descriptor.Inode.IsImmutable && !abilities.ResizesImmutableByDescriptor);
        if (Protected() is { } refusal)
        {
            return refusal;
        }

        Resize(process, descriptor.Inode, size);
        return Success;
    }

    private void Resize(ModelProcess process, ModelInode inode, long size)
    {
        DropPrivileges(process, inode);
        if (inode.Content.Size == size)
        {
            inode.ModifyTime.MayTouch(tree.Now);
            inode.ChangeTime.MayTouch(tree.Now);
        }
        else
        {
            inode.TouchContent(tree.Now);
        }

        inode.Content.SetSize(size);
    }

    // vfs_fallocate
    private Prediction Allocate(ModelProcess process, ModelDescriptor descriptor, AllocateMode mode, long offset, long length)
    {
        ModelInode inode = descriptor.Inode;
        isProtected |= inode.IsImmutable || (inode.IsAppendOnly && (mode & ~AllocateMode.KeepSize) != 0);
        bool isAble = (mode & AllocateMode.PunchHole) != 0 ? abilities.Punches : abilities.Allocates;
        if (!descriptor.Writes)
        {
            return Fail(Errno.EBADF);
        }

        bool reservesBehindEnd = (mode & (AllocateMode.KeepSize | AllocateMode.PunchHole)) == AllocateMode.KeepSize && offset + length > inode.Content.Size;
        isAble &= abilities.ReservesBehindEnd || !reservesBehindEnd;

        // Where it fails, the kernel has changed times and set-id bits already.
        if (!isAble)
        {
            return Prediction.NotMade;
        }

        if (Protected() is { } refusal)
        {
            return refusal;
        }

        DropPrivileges(process, inode);
        if ((mode & AllocateMode.KeepSize) == 0 && offset + length > inode.Content.Size)
        {
            inode.Content.SetSize(offset + length);
            inode.TouchContent(tree.Now);
        }

        if ((mode & (AllocateMode.PunchHole | AllocateMode.ZeroRange)) != 0)
        {
            inode.Content.Zero(offset, length);
        }

        inode.ModifyTime.MayTouch(tree.Now);
        inode.ChangeTime.MayTouch(tree.Now);
        return Success;
    }

    // generic_copy_file_checks
    private Prediction CopyRange(ModelProcess process, ModelDescriptor from, ModelDescriptor to, long offset, long toOffset, long length)
    {
        isProtected |= to.Inode.IsImmutable;
        Errno error = from.Inode.Directory is not null || to.Inode.Directory is not null ? Errno.EISDIR
            : !from.Reads || !to.Writes || to.Appends ? Errno.EBADF
            : Errno.None;
        if (error != Errno.None)
        {
            return Fail(error);
        }

        long count = Math.Max(0, Math.Min(length, from.Inode.Content.Size - offset));
        if (Protected() is { } refusal)
        {
            // FUSE is not asked where nothing is to be copied.
            return count == 0 || from.Inode == to.Inode ? Prediction.NotMade : refusal;
        }

        if (from.Inode == to.Inode && toOffset + count > offset && toOffset < offset + count)
        {
            return Fail(Errno.EINVAL);
        }

        if (count > 0)
        {
            byte[] data = from.Inode.Content.Read(offset, count);
            DropPrivileges(process, to.Inode);
            to.Inode.Content.Write(toOffset, data);
            to.Inode.TouchContent(tree.Now);
        }

        return Value(count);
    }

    private Prediction Map(ModelDescriptor descriptor) =>
        descriptor.Inode.Kind != InodeKind.File || descriptor.Inode.Content.Size == 0 ? Prediction.NotMade
            : !descriptor.Reads ? Fail(Errno.EACCES)
            : Content(descriptor.Inode.Content.Read(0, descriptor.Inode.Content.Size));
}
