using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// renameat2(2). What is renamed is brought to the top first; then one step of the top moves it and leaves a whiteout where a lower would
/// show the old name. A directory takes its lower content along through the origin stored in it before it moves.
/// </summary>
internal static class Renaming
{
    /// <summary>Renames. Requires: both directories belong to one union; the tree lock is not held.</summary>
    public static Errno Run(UnionDirectory from, ReadOnlySpan<byte> name, UnionDirectory to, ReadOnlySpan<byte> newName, RenameFlags flags)
    {
        const RenameFlags Both = RenameFlags.NoReplace | RenameFlags.Exchange;
        if ((flags & ~Both) != 0 || (flags & Both) == Both)
        {
            return Errno.EINVAL;
        }

        UnionFileSystem union = from.State.Union;
        while (true)
        {
            Errno error;
            IUnionInode? uncopied;
            var rename = new RenameStep(from, to, flags);
            using (union.Tree.Enter())
            {
                error = rename.Run(name, newName, out uncopied);
            }

            // Data is copied without the tree lock; then all is looked at again, for it may have changed meanwhile.
            if (error == Errno.None && uncopied is not null)
            {
                error = union.EnsureTop(uncopied, long.MaxValue);
            }

            rename.Release();
            if (error != Errno.None || uncopied is null)
            {
                union.PlaceSearch.NoteMove();
                union.SettleNames();
                return error;
            }
        }
    }
}
