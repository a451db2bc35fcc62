using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Searches over inodes end on volumes whose numbers reach as far as 32 bits do.</summary>
public sealed class InodeRecordsTests
{
    [Theory]
    [InlineData(uint.MaxValue)]
    [InlineData(uint.MaxValue - 5000)]
    [InlineData(8192u)]
    [InlineData(20u)]
    public void InodesInUseAreFoundUpToTheLast(uint count)
    {
        var records = new InodeRecords(count);
        uint[] used = [11, Math.Max(13, count / 2), count - 1, count];
        foreach (uint inode in used)
        {
            records.Set(inode, InodeKind.File, 1);
        }
        var found = new List<uint>();
        for (uint inode = records.NextUsed(1); inode != 0 && found.Count <= used.Length; inode = records.NextUsed(inode + 1L))
        {
            found.Add(inode);
        }
        Assert.Equal(used, found);
        Assert.Equal(12u, records.NextFree(11));
        Assert.Equal(count - 2, records.NextFree(count - 2));
        Assert.Equal(0u, records.NextFree(count - 1));
    }
}
