using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Volume;

/// <summary>
/// Where a block of attributes with a given hash lies, of those seen lately, so that inodes with the same attributes share one (kernel mbcache).
/// A hint: who asks compares the content. A block must be forgotten before it is freed or changed. Guarded by the volume's lock.
/// </summary>
internal sealed class XattrBlockIndex
{
    private const int MaximumCount = 4096;

    private readonly Dictionary<uint, BlockNumber> blocks = [];

    /// <summary>Remembers a block. A hash of 0 says that it is not to be shared.</summary>
    public void Add(uint hash, BlockNumber block)
    {
        if (hash == 0)
        {
            return;
        }

        if (blocks.Count >= MaximumCount)
        {
            blocks.Clear();
        }

        blocks[hash] = block;
    }

    /// <summary>Forgets a block.</summary>
    public void Remove(uint hash, BlockNumber block)
    {
        if (blocks.TryGetValue(hash, out BlockNumber known) && known == block)
        {
            _ = blocks.Remove(hash);
        }
    }

    /// <summary>The block with this hash that was seen last.</summary>
    public bool TryFind(uint hash, out BlockNumber block) => blocks.TryGetValue(hash, out block);
}
