using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>Whether a top holds anything yet.</summary>
internal static class TopContent
{
    /// <summary>Whether nothing was ever put on the top: no name but <c>lost+found</c>, no mark, no copy.</summary>
    public static Errno IsVirgin(FileSystem top, out bool isVirgin)
    {
        isVirgin = false;
        var root = (LayerDirectory)top.Root;
        if (root.IsOpaque || top.Index is { IsEmpty: false })
        {
            return Errno.None;
        }

        var search = new ContentSearch();
        Errno error = root.EnumerateSlots(0, search);
        isVirgin = error == Errno.None && !search.HasContent;
        return error;
    }

    private sealed class ContentSearch : SlotSink
    {
        public bool HasContent { get; private set; }

        public override bool Add(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind, long nextCookie)
        {
            HasContent = slot != SlotKind.Inode || !name.SequenceEqual("lost+found"u8);
            return !HasContent;
        }
    }
}
