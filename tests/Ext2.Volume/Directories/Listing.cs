using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>Lists a directory a handful of entries at a time, as a session with a small buffer does.</summary>
internal sealed class Listing : SlotSink
{
    private readonly List<(string Name, SlotKind Slot, ulong Inode, InodeKind Kind)> taken = [];
    private readonly Entries entries;
    private int left;
    private long cookie;
    private bool isFull;

    private Listing() => entries = new Entries(this);

    public static List<(string Name, SlotKind Slot, ulong Inode, InodeKind Kind)> Slots(LayerDirectory directory, int step = 17) =>
        Run(step, (cookie, listing) => directory.EnumerateSlots(cookie, listing));

    public static List<(string Name, SlotKind Slot, ulong Inode, InodeKind Kind)> Of(DirectoryInode directory, int step = 17) =>
        Run(step, (cookie, listing) => directory.Enumerate(cookie, listing.entries));

    public static SortedSet<string> Names(DirectoryInode directory) => new(Of(directory).Select(entry => entry.Name), StringComparer.Ordinal);

    public override bool Add(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind, long nextCookie)
    {
        isFull = left == 0;
        if (!isFull)
        {
            left--;
            Assert.True(nextCookie > cookie, "Cookies rise.");
            cookie = nextCookie;
            taken.Add((Encoding.UTF8.GetString(name), slot, inode, kind));
        }

        return !isFull;
    }

    private static List<(string Name, SlotKind Slot, ulong Inode, InodeKind Kind)> Run(int step, Func<long, Listing, Errno> call)
    {
        Listing listing = new();
        do
        {
            listing.left = step;
            listing.isFull = false;
            Assert.Equal(Errno.None, call(listing.cookie, listing));
        }
        while (listing.isFull);
        Assert.Equal(listing.taken.Count, listing.taken.Select(entry => entry.Name).Distinct().Count());
        return listing.taken;
    }

    private sealed class Entries(Listing owner) : DirectorySink
    {
        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie) =>
            owner.Add(name, SlotKind.Inode, inode, kind, nextCookie);
    }
}
