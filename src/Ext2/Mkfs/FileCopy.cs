using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>Copies the content of a file, holes as holes; where the same content shall make the same blocks, zeros as holes too.</summary>
internal sealed class FileCopy(bool zerosAreHoles)
{
    private readonly DataWriter writer = new(zerosAreHoles);
    private readonly byte[] buffer = new byte[1 << 20];

    public Errno Copy(FileInode source, FileInode target, long size, out string doing)
    {
        doing = "opening it";
        Errno error = source.Opened(OpenMode.Read);
        if (error != Errno.None)
        {
            return error;
        }

        error = CopyRanges(source, target, size, out doing);
        source.Closed(OpenMode.Read);

        // What was kept free behind it is for the next file.
        target.Closed(OpenMode.Write);
        if (error == Errno.None && size > 0)
        {
            doing = "writing it";
            error = target.SetSize(size);
        }

        return error;
    }

    private Errno CopyRanges(FileInode source, FileInode target, long size, out string doing)
    {
        long position = 0;
        while (position < size)
        {
            doing = "reading it";
            Errno error = source.Seek(position, SeekKind.Data, out long start);
            if (error == Errno.ENXIO)
            {
                break;
            }

            long end = size;
            if (error == Errno.None)
            {
                error = source.Seek(start, SeekKind.Hole, out end);
            }
            else if (error is Errno.EOPNOTSUPP or Errno.EINVAL)
            {
                // A file system that knows no holes has none.
                start = position;
                error = Errno.None;
            }

            error = error != Errno.None ? error : CopyRange(source, target, start, Math.Min(end, size), out doing);
            if (error != Errno.None)
            {
                return error;
            }

            position = Math.Max(end, position + 1);
        }

        doing = "";
        return Errno.None;
    }

    private Errno CopyRange(FileInode source, FileInode target, long start, long end, out string doing)
    {
        while (start < end)
        {
            doing = "reading it";
            Errno error = source.Read(start, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - start)), out int read);
            if (error != Errno.None || read == 0)
            {
                return error;
            }

            doing = "writing it";
            error = writer.Write(target, start, buffer.AsSpan(0, read));
            if (error != Errno.None)
            {
                return error;
            }

            start += read;
        }

        doing = "";
        return Errno.None;
    }
}
