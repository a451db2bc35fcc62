using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>What readdir says of one name.</summary>
internal sealed record ListedEntry(string Name, ulong Inode, InodeKind Kind, long Cookie)
{
    /// <summary>Lists a directory, so many entries a call.</summary>
    public static List<ListedEntry> All(DirectoryInode directory, int chunk = int.MaxValue, long cookie = 0)
    {
        var all = new List<ListedEntry>();
        while (true)
        {
            var sink = new Collector(chunk);
            Assert.Equal(Errno.None, directory.Enumerate(cookie, sink));
            all.AddRange(sink.Entries);
            if (sink.Entries.Count == 0)
            {
                return all;
            }

            cookie = sink.Entries[^1].Cookie;
        }
    }

    private sealed class Collector(int limit) : DirectorySink
    {
        public List<ListedEntry> Entries { get; } = [];

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            if (Entries.Count == limit)
            {
                return false;
            }

            Entries.Add(new ListedEntry(Encoding.UTF8.GetString(name), inode, kind, nextCookie));
            return true;
        }
    }
}
