using Ext2Union.Ext2.OnDisk;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The epoch bits that lie beside the nanoseconds of a time. Old kernels stored times before 1970 with both bits set, which reads as behind 2310.
/// </summary>
internal static class ExtraTimes
{
    private const uint EpochMask = 3;

    public static bool AreBeyond2310(InodeView view)
    {
        if (view.ExtraSize == 0)
        {
            return false;
        }
        ref RawInodeExtra extra = ref UncheckedOverlay.InodeExtra(view.Bytes);
        int end = RawInode.Bytes + view.ExtraSize;
        return (end >= 136 && IsBeyond(view.Raw.ChangeTime, extra.ChangeTimeExtra))
            || (end >= 140 && IsBeyond(view.Raw.ModifyTime, extra.ModifyTimeExtra))
            || (end >= 144 && IsBeyond(view.Raw.AccessTime, extra.AccessTimeExtra))
            || (end >= 152 && IsBeyond(extra.BirthTime, extra.BirthTimeExtra));
    }

    public static void Shorten(InodeView view)
    {
        ref RawInodeExtra extra = ref UncheckedOverlay.InodeExtra(view.Bytes);
        int end = RawInode.Bytes + view.ExtraSize;
        extra.ChangeTimeExtra = Shortened(end >= 136, view.Raw.ChangeTime, extra.ChangeTimeExtra);
        extra.ModifyTimeExtra = Shortened(end >= 140, view.Raw.ModifyTime, extra.ModifyTimeExtra);
        extra.AccessTimeExtra = Shortened(end >= 144, view.Raw.AccessTime, extra.AccessTimeExtra);
        extra.BirthTimeExtra = Shortened(end >= 152, extra.BirthTime, extra.BirthTimeExtra);
    }

    private static bool IsBeyond(uint seconds, uint extra) => (int)seconds < 0 && (extra & EpochMask) == EpochMask;

    private static uint Shortened(bool isThere, uint seconds, uint extra) => isThere && IsBeyond(seconds, extra) ? extra & ~EpochMask : extra;
}
