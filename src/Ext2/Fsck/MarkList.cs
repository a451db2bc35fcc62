using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Says from the image alone which whiteouts, fallthrus and opaque directories a volume holds. Reads only.</summary>
public sealed class MarkList
{
    private readonly CheckedVolume volume;
    private readonly BlockTree tree;
    private readonly BitSet met;
    private readonly Action<string> print;
    private readonly byte[] block;

    private MarkList(CheckedVolume volume, Action<string> print)
    {
        this.volume = volume;
        this.print = print;
        tree = new BlockTree(volume);
        met = new BitSet(volume.Geometry.InodeCount + 1L);
        block = new byte[volume.BlockBytes];
    }

    /// <summary>
    /// Prints one line a mark: "opaque /etc", "whiteout /etc/x", "fallthru /etc/y", directories before what they hold, names in byte order.
    /// A damaged directory is left out. Returns clean, or operational when the volume cannot be read.
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

    private void PrintAll()
    {
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
        if ((view.Flags & RawInodeFlags.Opaque) != 0)
        {
            print("opaque " + (path.Length == 0 ? "/" : path));
        }
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
        foreach (NamedRecord child in children.Where(child => child.Inode != 0).Reverse())
        {
            pending.Push((child.Inode, $"{path}/{Place.Show(child.Name)}"));
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
                && record.Type is DirectoryEntryType.Directory or DirectoryEntryType.Unknown);
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
