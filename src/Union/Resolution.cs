using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// The rule of a union, the only place where it stands: what a name's slot in one layer's directory means for the merged view. It is
/// asked layer by layer, the highest first, by whoever looks up, creates, removes, renames or lists. Opaque speaks of absent names
/// alone: it never hides a slot of its own directory, and never cuts off a fallthru.
/// </summary>
internal static class Resolution
{
    /// <summary>Reads a slot of a directory that is <paramref name="opaque"/> or not.</summary>
    public static Verdict Of(SlotKind slot, bool isDirectory, bool opaque) => slot switch
    {
        SlotKind.Inode => isDirectory ? Verdict.HereAndBelow : Verdict.Here,
        SlotKind.Whiteout => Verdict.Nothing,
        SlotKind.Fallthru => Verdict.Below,
        _ => opaque ? Verdict.Nothing : Verdict.Below,
    };

    /// <summary>Reads a slot as <see cref="LayerDirectory.Peek"/> gives it.</summary>
    public static Verdict Of(in Slot slot, bool opaque) => Of(slot.Kind, slot.Inode is DirectoryInode, opaque);
}
