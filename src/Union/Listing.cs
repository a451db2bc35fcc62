using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>readdir(3) of a union's directory. Requires: the tree lock is held, the directory was not removed.</summary>
internal static class Listing
{
    [ThreadStatic]
    private static NumberingSink? numbering;

    /// <summary>Delivers the entries behind a cookie.</summary>
    public static Errno Run(UnionDirectory directory, long cookie, DirectorySink sink)
    {
        UnionFileSystem union = directory.State.Union;
        LayerDirectory? top = directory.Top;
        if (directory.Twins.Length == 0)
        {
            return Stream(union, 0, top!, cookie, sink);
        }

        // Without a top the directory can never be materialised, and its only layer's cookies stay good.
        if (union.Top is null && directory.Twins.Length == 1)
        {
            return Stream(union, directory.Twins[0].Layer, directory.Twins[0].Directory, cookie, sink);
        }

        if (cookie == 0 && top is { IsOpaque: false } && union.Options.Fallthru == FallthruMode.Persist && !union.IsReadOnly)
        {
            union.DirectoryCopyUp.SealLocked(directory);
        }

        Errno error = union.Listings.Get(directory, cookie == 0, out MergedListing listing);
        if (error == Errno.None)
        {
            listing.Deliver(cookie, sink);
        }

        return error;
    }

    /// <summary>Delivers all entries from the first on, and never writes: nothing is sealed.</summary>
    public static Errno Look(UnionDirectory directory, DirectorySink sink)
    {
        UnionFileSystem union = directory.State.Union;
        if (directory.Twins.Length == 0 || (directory.Top is null && directory.Twins.Length == 1))
        {
            return directory.Top is { } top
                ? Stream(union, 0, top, 0, sink)
                : Stream(union, directory.Twins[0].Layer, directory.Twins[0].Directory, 0, sink);
        }

        using var listing = new MergedListing();
        Errno error = listing.Read(union, directory.Top, directory.Twins, stopAtFirst: false);
        if (error == Errno.None)
        {
            listing.Deliver(0, sink);
        }

        return error;
    }

    /// <summary>Whether the merged directory shows no name.</summary>
    public static Errno IsEmpty(UnionDirectory directory, out bool empty)
    {
        using var listing = new MergedListing();
        Errno error = listing.Read(directory.State.Union, directory.Top, directory.Twins, stopAtFirst: true);
        empty = listing.Count == 0;
        return error;
    }

    private static Errno Stream(UnionFileSystem union, int layer, DirectoryInode directory, long cookie, DirectorySink sink)
    {
        NumberingSink numbers = numbering ??= new NumberingSink();
        return numbers.Run(union, layer, directory, cookie, sink);
    }

    // Passes a layer's entries on under the union's numbers. One object a thread, so that listing makes no garbage.
    private sealed class NumberingSink : DirectorySink
    {
        private UnionFileSystem? union;
        private DirectorySink? target;
        private int layer;

        public Errno Run(UnionFileSystem union, int layer, DirectoryInode directory, long cookie, DirectorySink sink)
        {
            (this.union, this.layer, target) = (union, layer, sink);
            Errno error = directory.Enumerate(cookie, this);
            (this.union, target) = (null, null);
            return error;
        }

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie) =>
            target!.Add(name, union!.Identities.NumberOf(layer, inode), kind, nextCookie);
    }
}
