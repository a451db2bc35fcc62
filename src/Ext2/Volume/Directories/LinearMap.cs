using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>
/// What memory knows of a large directory without an index on disk: where names lie and where there is room. Built by one walk when the directory is first
/// searched, then kept up, so that filling such a directory does not cost the square of its names. It goes with the directory's inode.
/// </summary>
internal sealed class LinearMap
{
    private readonly NameTable names = new();
    private readonly RoomTree rooms = new();

    private LinearMap()
    {
    }

    /// <summary>Walks the directory. Errors: EUCLEAN, EIO; then there is no map.</summary>
    public static Errno TryBuild(DirectoryStore store, out LinearMap? map)
    {
        LinearMap built = new();
        map = null;
        uint count = store.BlockCount;
        for (uint block = 0; block < count; block++)
        {
            if (store.GetChain(new FileBlock(block), out Storage.BlockLease lease) is var error and not Errno.None)
            {
                return error;
            }

            DirectoryBlock records = store.Records(lease);
            foreach (DirectoryRecord record in records)
            {
                if (record.IsInUse && !record.IsDots)
                {
                    built.names.Add(NameKey.Of(record.Name), block);
                }
            }

            built.NoteRoom(block, records);
            lease.Dispose();
        }

        map = built;
        return Errno.None;
    }

    /// <summary>A name was put into a block.</summary>
    public void Added(ReadOnlySpan<byte> name, FileBlock block, DirectoryBlock records)
    {
        names.Add(NameKey.Of(name), block.Value);
        NoteRoom(block.Value, records);
    }

    /// <summary>A name went from a block.</summary>
    public void Removed(ReadOnlySpan<byte> name, FileBlock block) => names.Remove(NameKey.Of(name), block.Value);

    /// <summary>The room of a block changed.</summary>
    public void NoteRoom(uint block, DirectoryBlock records)
    {
        records.MeasureRoom(out int largest, out _);
        rooms.Set(block, largest);
    }

    /// <summary>The next block that may hold a name; see <see cref="NameTable.TryNext"/>.</summary>
    public bool TryNext(uint key, ref int state, out uint block) => names.TryNext(key, ref state, out block);

    /// <summary>The first block with room in one piece.</summary>
    public bool TryFindRoom(int needed, out uint block) => rooms.TryFind(needed, out block);
}
