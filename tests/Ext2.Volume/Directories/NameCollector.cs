using System.Text;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Volume.Directories;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>Takes up to a number of records at a time.</summary>
internal struct NameCollector(int limit) : IRecordVisitor
{
    private int left = limit;

    public List<(string Name, uint Inode, DirectoryEntryType Type)> Taken { get; } = [];

    public long Cookie { get; private set; }

    public bool IsFull { get; private set; }

    public bool Visit(scoped DirectoryRecord record, long nextCookie)
    {
        if (left == 0)
        {
            IsFull = true;
            return false;
        }

        Assert.True(nextCookie > Cookie, "Cookies rise.");
        left--;
        Cookie = nextCookie;
        Taken.Add((Encoding.Latin1.GetString(record.Name), record.Inode.Value, record.Type));
        return true;
    }

    public void GoOn(int limit)
    {
        left = limit;
        IsFull = false;
    }
}
