using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Xattrs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Says from the image alone which whiteouts, fallthrus, opaque directories and copies a volume holds, and what it was stacked on. Reads only.
/// </summary>
public sealed class MarkList
{
    private readonly CheckedVolume volume;
    private readonly BlockTree tree;
    private readonly BitSet met;
    private readonly Action<string> print;
    private readonly byte[] block;
    private readonly CopyList copies;
    private readonly AttributeReader attributes;

    private MarkList(CheckedVolume volume, Action<string> print)
    {
        this.volume = volume;
        this.print = print;
        tree = new BlockTree(volume);
        met = new BitSet(volume.Geometry.InodeCount + 1L);
        block = new byte[volume.BlockBytes];
        copies = new CopyList(volume);
        attributes = new AttributeReader(volume);
    }

    /// <summary>
    /// Prints one line a mark: "opaque /etc", "alone /made" (nothing below it, though not opaque), "redirect /moved", "whiteout /etc/x", "fallthru /etc/y",
    /// directories before what they hold, names in byte order; before them the lowers, among them "incomplete /etc/z" and "indexed /.ext2u-index/KEY". What is known beyond the path follows behind tabs, which no path holds: as
    /// it is shown, a tab is ^I. A damaged directory or record is left out. Returns clean, or operational when the volume cannot be read.
    /// </summary>
    public static ExitCode Print(BlockDevice device, string name, Action<string> print, Action<string> complain)
    {
        var options = new CheckOptions { Mode = CheckMode.No, Name = name };
        var reporter = new Reporter(options, new Complaints(complain));
        try
        {
            var store = new VolumeStore(device, reporter);
            CheckedVolume volume = new Pass0Superblock(store, options, reporter).OpenForReading();
            new MarkList(volume, print).PrintAll();
            return ExitCode.Clean;
        }
        catch (CheckStopped)
        {
            return ExitCode.Operational;
        }
    }

    /// <summary>The same lines, of a volume that is under check.</summary>
    internal static void Walk(CheckedVolume volume, Action<string> print) => new MarkList(volume, print).PrintAll();

    private void PrintAll()
    {
        copies.Find();
        foreach (string lower in copies.Lowers)
        {
            print(lower);
        }
        // A stack of its own: directories may be nested deeper than calls can be.
        var pending = new Stack<(uint Inode, string Path)>();
        pending.Push((InodeNumber.Root.Value, ""));
        while (pending.TryPop(out (uint Inode, string Path) at))
        {
            if (met.Add(at.Inode))
            {
                PrintDirectory(at.Inode, at.Path, pending);
            }
        }
    }

    private void PrintDirectory(uint inode, string path, Stack<(uint Inode, string Path)> pending)
    {
        var view = new InodeView(volume.ReadInode(inode));
        if (view.Kind != Vfs.InodeKind.Directory)
        {
            return;
        }
        PrintMarksOf(view, path.Length == 0 ? "/" : path);
        var children = new List<NamedRecord>();
        uint blocks = Math.Min(view.Raw.SizeLow >> volume.Geometry.BlockBits, volume.Geometry.BlockCount);
        foreach (uint number in DirectoryBlockList.Read(volume, tree, inode, blocks))
        {
            if (number != 0)
            {
                volume.Store.Read(number, block);
                Collect(children);
            }
        }
        children.Sort((left, right) => left.Name.AsSpan().SequenceCompareTo(right.Name));
        foreach (NamedRecord child in children.Where(child => child.Inode == 0))
        {
            print($"{(child.Type == DirectoryEntryType.Whiteout ? "whiteout" : "fallthru")} {path}/{Place.Show(child.Name)}");
        }
        foreach (NamedRecord child in children.Where(child => child.Inode != 0 && child.Type is not (DirectoryEntryType.Directory or DirectoryEntryType.Unknown)))
        {
            PrintCopy(path, child);
        }
        foreach (NamedRecord child in children.Where(child => child.Type is DirectoryEntryType.Directory or DirectoryEntryType.Unknown).Reverse())
        {
            pending.Push((child.Inode, $"{path}/{Place.Show(child.Name)}"));
        }
    }

    private void PrintMarksOf(InodeView view, string path)
    {
        if ((view.Flags & (RawInodeFlags.Opaque | RawInodeFlags.OriginNone)) != 0)
        {
            print(((view.Flags & RawInodeFlags.Opaque) != 0 ? "opaque " : "alone ") + path);
        }
        if (attributes.Read(view, XattrName.Origin) is { } origin)
        {
            print($"redirect {path}\tfrom /{Place.Show(origin)}");
        }
    }

    private void PrintCopy(string path, in NamedRecord child)
    {
        string? line = path == CopyList.IndexPath ? copies.Indexed(child.Inode) : copies.Incomplete(child.Inode);
        if (line is not null)
        {
            print($"{(path == CopyList.IndexPath ? "indexed" : "incomplete")} {path}/{Place.Show(child.Name)}{line}");
        }
    }

    private void Collect(List<NamedRecord> children)
    {
        if (DirectoryBlock.TryOpen(block, volume.HasFileType, out DirectoryBlock records) != DirectoryFault.None)
        {
            return;
        }
        foreach (DirectoryRecord record in records)
        {
            bool isWanted = record.IsMark || (record.IsInUse && !record.IsDots && record.Inode.Value <= volume.Geometry.InodeCount
                && (record.Type is DirectoryEntryType.Directory or DirectoryEntryType.Unknown || copies.Has(record.Inode.Value)));
            if (isWanted && record.IsInUse)
            {
                children.Add(new NamedRecord(record.Name.ToArray(), record.Inode.Value, record.Type, 0, 0));
            }
        }
    }

    private sealed class Complaints(Action<string> complain) : Interaction
    {
        public override void Line(string text) => complain(text);

        public override Answer Ask(string text) => Answer.No;
    }
}
