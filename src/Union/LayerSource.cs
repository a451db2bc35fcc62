using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>The source of an incomplete copy: a file of a layer further down that is known to be what the copy's record says. Holds a reference to it.</summary>
internal sealed class LayerSource(UnionFileSystem union, LayerFile copy, LayerFile file)
{
    private bool isReported;

    /// <summary>The source.</summary>
    public LayerFile File { get; } = file;

    /// <summary>Fills a buffer. The source is at least as long as the copy's remainder. Errors: EIO when it is not any more.</summary>
    public Errno Read(long offset, Span<byte> buffer)
    {
        for (int done = 0; done < buffer.Length;)
        {
            Errno error = File.Read(offset + done, buffer[done..], out int read);
            if (error != Errno.None || read == 0)
            {
                return error == Errno.None ? Refuse("is shorter now") : error;
            }

            done += read;
        }

        return Errno.None;
    }

    /// <summary>Where data or a hole begins from an offset on, in the source's eyes. Never fails for a host that knows no holes: there all is data.</summary>
    public Errno Seek(long offset, SeekKind kind, out long position)
    {
        Errno error = File.Seek(offset, kind, out position);
        if (error == Errno.ENXIO)
        {
            (position, error) = (long.MaxValue, Errno.None);
        }
        else if (error is Errno.EINVAL or Errno.EOPNOTSUPP)
        {
            (position, error) = (kind == SeekKind.Data ? offset : long.MaxValue, Errno.None);
        }

        return error == Errno.None ? CheckAgain() : error;
    }

    /// <summary>
    /// Whether the source is still what the record says. Costs nothing in a layer that nobody else can change. Errors: EIO. Asked after data was
    /// read and before anyone sees it.
    /// </summary>
    public Errno CheckAgain()
    {
        if (File.Inode.FileSystem.IsExclusive)
        {
            return Errno.None;
        }

        string? fault = SourceSearch.Compare(copy.Record, File.Inode);
        return fault is null ? Errno.None : Refuse(fault);
    }

    /// <summary>Gives the reference back, and those of the chain below.</summary>
    public void Release()
    {
        File.ReleaseSource();
        File.Inode.Release();
    }

    private Errno Refuse(string fault)
    {
        if (!isReported)
        {
            isReported = true;
            SourceSearch.Report(union, copy, File.Place, fault);
        }

        return Errno.EIO;
    }
}
