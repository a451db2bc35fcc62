using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// A piece of an inode table and what <see cref="SoundInodes"/> found in it. Nothing of it is in the facts yet: they learn it in the order of the inodes, with
/// those that need a closer look in their places.
/// </summary>
internal sealed class TablePart
{
    private readonly byte[] buffer;
    private readonly int inodeBytes;
    private readonly byte[] kinds;
    private readonly ushort[] links;
    private readonly List<BlockRun> runs = [];
    private readonly List<(int Index, int Runs)> suspects = [];

    public TablePart(int bytes, int inodeBytes)
    {
        buffer = new byte[bytes];
        this.inodeBytes = inodeBytes;
        kinds = new byte[bytes / inodeBytes];
        links = new ushort[bytes / inodeBytes];
    }

    /// <summary>Number of the first inode.</summary>
    public uint FirstInode { get; private set; }

    public int Count { get; private set; }

    /// <summary>The bytes read.</summary>
    public Span<byte> Bytes => buffer.AsSpan(0, Count * inodeBytes);

    public Span<byte> BytesOf(int index) => buffer.AsSpan(index * inodeBytes, inodeBytes);

    /// <summary>Runs of blocks that the sound inodes own, by inode.</summary>
    public List<BlockRun> Runs => runs;

    /// <summary>Inodes that need a closer look, ascending, each with the number of runs that inodes before it own.</summary>
    public List<(int Index, int Runs)> Suspects => suspects;

    public long Files { get; set; }
    public long FastSymlinks { get; set; }
    public long FragmentedFiles { get; set; }
    public long[] WithIndirect { get; } = new long[3];

    /// <summary>Takes another piece in; its bytes are to be read into <see cref="Bytes"/>.</summary>
    public void Begin(uint firstInode, int bytes)
    {
        FirstInode = firstInode;
        Count = bytes / inodeBytes;
        Array.Clear(kinds);
        runs.Clear();
        suspects.Clear();
        (Files, FastSymlinks, FragmentedFiles) = (0, 0, 0);
        Array.Clear(WithIndirect);
    }

    /// <summary>A sound inode.</summary>
    public void Take(int index, InodeKind kind, ushort linkCount)
    {
        kinds[index] = (byte)kind;
        links[index] = linkCount;
    }

    /// <summary>Kinds of sound inodes of a range, 0 for others.</summary>
    public ReadOnlySpan<byte> Kinds(int start, int end) => kinds.AsSpan(start..end);

    /// <summary>Stored links of sound inodes of a range.</summary>
    public ReadOnlySpan<ushort> Links(int start, int end) => links.AsSpan(start..end);
}
