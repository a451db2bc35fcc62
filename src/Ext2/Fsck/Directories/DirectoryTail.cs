using System.Text;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Adds many names of the form #NUMBER to one directory. What is there is read once, and blocks that are full are not looked at again, so that the cost of a name does
/// not grow with the directory. Whoever else changes the directory calls <see cref="Forget"/>.
/// </summary>
internal sealed class DirectoryTail(DirectoryInserter inserter, uint directory)
{
    // "#", ten digits and a tail for a name that is taken.
    private const int LongestName = 16;
    private readonly HashSet<string> taken = [];
    private List<uint>? blocks;
    private int cursor;

    public uint Directory => directory;

    /// <summary>The blocks of the directory are others now.</summary>
    public void Forget() => blocks = null;

    /// <summary>Enters an inode by its number, with a tail where that name is taken, by a mark too. False: no room.</summary>
    public bool Add(uint inode, InodeKind kind)
    {
        List<uint> all = blocks ?? Open();
        string name = $"#{inode}";
        for (int number = 0; taken.Contains(name); number++)
        {
            name = $"#{inode}~{number}";
        }
        byte[] bytes = Encoding.ASCII.GetBytes(name);
        int needed = RecordLength.Needed(Math.Max(bytes.Length, LongestName));
        for (; cursor < all.Count; cursor++)
        {
            if (inserter.TryAppend(all[cursor], needed, bytes, inode, kind))
            {
                return true;
            }
        }
        uint grown = inserter.Grow(directory, bytes, inode, kind);
        if (grown != 0)
        {
            all.Add(grown);
        }
        return grown != 0;
    }

    private List<uint> Open()
    {
        taken.Clear();
        blocks = [.. inserter.Blocks(directory)];
        cursor = 0;
        foreach (uint block in blocks)
        {
            inserter.Collect(block, (byte)'#', taken);
        }
        return blocks;
    }
}
