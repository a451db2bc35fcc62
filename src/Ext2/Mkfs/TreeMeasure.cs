using System.Text;
using Ext2Union.Ext2.Mkfs.Archives;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>What a tree needs: finds the size of a volume that holds it where nobody gave one.</summary>
public sealed class TreeMeasure
{
    private const int SmallestLog = 10;
    private const int LogCount = 7;
    private const long Mebi = 1 << 20;

    private readonly HashSet<ulong> linked = [];
    private readonly long[] blocks = new long[LogCount];
    private long inodes;

    private TreeMeasure()
    {
    }

    /// <summary>Files, directories and all else, each object once.</summary>
    public long InodeCount => inodes;

    /// <summary>Walks a tree. Errors: those of reading it.</summary>
    public static Errno TryMeasure(FileSystem source, out TreeMeasure measure)
    {
        measure = new TreeMeasure();
        source.Root.Acquire();
        var pending = new Stack<DirectoryInode>([source.Root]);
        Errno error = Errno.None;
        while (pending.TryPop(out DirectoryInode? directory))
        {
            error = error == Errno.None ? measure.Add(directory, pending) : error;
            directory.Release();
        }

        return error;
    }

    /// <summary>Reads a tar to its end. What it holds twice counts twice. Errors: what is wrong with the tar.</summary>
    public static FormatFault? TryMeasure(TarReader source, out TreeMeasure measure)
    {
        measure = new TreeMeasure();
        var directories = new Dictionary<string, long>();
        while (source.TryNext(out TarEntry? entry))
        {
            measure.inodes += entry.IsHardLink || entry.Kind == InodeKind.Directory ? 0 : 1;
            string parent = Encoding.Latin1.GetString(TarPath.Parent(entry.Path));
            directories[parent] = directories.GetValueOrDefault(parent) + RecordBytesOf(TarPath.Name(entry.Path));
            measure.AddBytes(entry.Kind == InodeKind.Symlink && entry.LinkTarget.Length >= RawInode.BlockBytes ? entry.LinkTarget.Length : 0, isIndexed: false);
            for (int index = 0; index < entry.Data.Count; index++)
            {
                measure.AddBytes(entry.Data[index].Length + (entry.Data.Count > 1 ? Geometry.MaximumBlockBytes : 0), isIndexed: false);
            }

            // A directory without a file in it has a block too.
            _ = entry.Kind == InodeKind.Directory && directories.TryAdd(Encoding.Latin1.GetString(entry.Path), 0);
        }

        foreach (long bytes in directories.Values)
        {
            measure.inodes++;
            measure.AddBytes(bytes, isIndexed: true);
        }

        return source.Fault;
    }

    /// <summary>
    /// The smallest size in whole MiB, with a tenth to spare, at which a volume made with these wishes holds the tree; the number of inodes it needs goes into
    /// <paramref name="fitting"/>.
    /// </summary>
    public FormatFault? TryFindSize(FormatOptions wishes, out long bytes, out FormatOptions fitting)
    {
        bytes = 2 * Mebi;
        long wanted = inodes + (inodes / 10) + 32;
        while (true)
        {
            fitting = wishes;
            if (wishes.InodeCount is null && FormatPlan.TryCreate(wishes, bytes, out FormatPlan? usual, out _) && usual.Geometry.InodeCount < wanted)
            {
                fitting = wishes with { InodeCount = (uint)wanted };
            }

            if (FormatPlan.TryCreate(fitting, bytes, out FormatPlan? plan, out FormatFault? fault) && plan.Geometry.InodeCount >= inodes + InitialTree.LostFound.Value)
            {
                long needed = blocks[plan.Geometry.BlockBits - SmallestLog];
                long reserve = plan.Superblock.ReservedBlocksCount;
                if (FreeBlocks(plan.Geometry) - reserve >= needed + (needed / 10))
                {
                    return null;
                }
            }

            if (bytes > 1L << 44)
            {
                return fault ?? FormatFault.Invalid("The tree is too large for an ext2 volume.");
            }

            bytes += Math.Max(Mebi, bytes / 16 / Mebi * Mebi);
        }
    }

    private static long FreeBlocks(Geometry geometry)
    {
        long used = geometry.FirstDataBlock.Value;
        for (uint group = 0; group < geometry.GroupCount; group++)
        {
            used += geometry.HeaderBlocks(group) + 2 + geometry.InodeTableBlocks;
        }

        return geometry.BlockCount - used;
    }

    private static int RecordBytesOf(ReadOnlySpan<byte> name) => (8 + name.Length + 3) & ~3;

    private Errno Add(DirectoryInode directory, Stack<DirectoryInode> pending)
    {
        var sink = new NameSink();
        Errno error = directory.Enumerate(0, sink);
        inodes++;
        AddBytes(sink.RecordBytes, isIndexed: true);
        foreach (byte[] name in sink.Names)
        {
            Inode? inode = null;
            error = error != Errno.None || !directory.Lookup(name).TryGet(out inode, out error) ? error : AddInode(inode, pending);
            inode?.Release();
        }

        return error;
    }

    private Errno AddInode(Inode inode, Stack<DirectoryInode> pending)
    {
        if (inode is DirectoryInode directory)
        {
            directory.Acquire();
            pending.Push(directory);
            return Errno.None;
        }

        Errno error = inode.GetAttributes(out Attributes attributes);
        if (error != Errno.None || (attributes.LinkCount > 1 && !linked.Add(inode.Number)))
        {
            return error;
        }

        inodes++;
        long size = inode is FileInode file ? DataBytes(file, attributes) : inode.Kind == InodeKind.Symlink && attributes.Size >= RawInode.BlockBytes ? attributes.Size : 0;
        AddBytes(size, isIndexed: false);
        return Errno.None;
    }

    // Only a file that takes less room than its length has holes worth looking for.
    private static long DataBytes(FileInode file, in Attributes attributes)
    {
        if (attributes.Blocks * 512 >= attributes.Size || file.Opened(OpenMode.Read) != Errno.None)
        {
            return attributes.Size;
        }

        long data = 0;
        long position = 0;
        while (position < attributes.Size && file.Seek(position, SeekKind.Data, out long start) == Errno.None
            && file.Seek(start, SeekKind.Hole, out long end) == Errno.None)
        {
            data += end - start + Geometry.MaximumBlockBytes;
            position = end;
        }

        file.Closed(OpenMode.Read);
        return Math.Min(data, attributes.Size);
    }

    // Indirect blocks cost one in so many as a block holds pointers; index blocks and half-full leaves of directories about as much again.
    private void AddBytes(long size, bool isIndexed)
    {
        for (int log = 0; log < LogCount; log++)
        {
            int shift = log + SmallestLog;
            long count = (size + (1L << shift) - 1) >> shift;
            count = isIndexed ? Math.Max(1, count + (count / 2)) : count;
            long pointers = 1L << (shift - 2);
            blocks[log] += count + (count > 12 ? 1 + ((count + pointers - 1) / pointers) : 0);
        }
    }

    private sealed class NameSink : DirectorySink
    {
        public List<byte[]> Names { get; } = [];

        public long RecordBytes { get; private set; } = 24;

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            Names.Add(name.ToArray());
            RecordBytes += RecordBytesOf(name);
            return true;
        }
    }
}
