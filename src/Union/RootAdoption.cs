using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// The root of a virgin top takes the attributes of the highest lower's root at the first union mount, for that is what stood at the mount point.
/// A note on the root keeps a second mount from undoing what a user changed since.
/// </summary>
internal static class RootAdoption
{
    private static ReadOnlySpan<byte> Note => "trusted.ext2u.root"u8;

    /// <summary>Adopts if it is due.</summary>
    public static Errno Run(UnionFileSystem union)
    {
        if (union.IsReadOnly)
        {
            return Errno.None;
        }

        var root = (LayerDirectory)union.Top!.Root;
        if (root.GetXattr(Note, [], out _) == Errno.None)
        {
            return Errno.None;
        }

        Errno error = TopContent.IsVirgin(union.Top!, out bool isVirgin);
        if (error != Errno.None || !isVirgin)
        {
            return error;
        }

        error = AttributeCopy.Run(union.LayerOf(1)!.Root, root, out Attributes attributes);
        if (error == Errno.None)
        {
            // A top that cannot hold the note takes the attributes again at the next mount, as long as it is still virgin.
            _ = root.SetXattr(Note, "1"u8, XattrFlags.None);
            return AttributeCopy.RestoreTimes(root, attributes);
        }

        if (error is Errno.EIO or Errno.EUCLEAN)
        {
            return error;
        }

        union.Options.Log.Report($"union: the root of the top cannot take all attributes of the lower root ({error}); it is shown with its own");
        return Errno.None;
    }
}
