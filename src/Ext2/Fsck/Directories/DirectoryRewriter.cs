using System.Globalization;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// Writes a directory anew: without holes, without double names, with a fresh index where the volume has indexes and the names fill more than one
/// block. Marks are names like others. Everything goes to free blocks and becomes the directory by one write of its inode, so an interrupted
/// run leaves the old or the new one, whole.
/// </summary>
internal sealed class DirectoryRewriter(CheckedVolume volume, Reporter reporter, InodeFacts facts)
{
    private readonly BlockTree tree = new(volume);
    private readonly FoundOrigin origins = new(volume, facts);
    private readonly BlockMapWriter map = new(volume, facts);
    private readonly byte[] block = new byte[volume.BlockBytes];

    /// <summary>Rewrites all directories that ask for it.</summary>
    public void Run()
    {
        if (reporter.CompactsDirectories && reporter.Mode != CheckMode.Preen)
        {
            reporter.Say("Pass 3A: Compacting directories");
        }
        foreach (ref DirectoryFacts record in facts.Directories.All)
        {
            // One block cannot become fewer.
            bool isWished = reporter.CompactsDirectories && record.BlockCount > 1;
            if (record.Rebuild != RebuildReasons.None || isWished)
            {
                RebuildReasons reasons = record.Rebuild;
                record.Rebuild = RebuildReasons.None;
                Rewrite(ref record, reasons);
            }
        }
    }

    private void Rewrite(ref DirectoryFacts record, RebuildReasons reasons)
    {
        var names = new NameList(NameHash.Of(volume.Superblock), facts.Directories);
        uint[] old = DirectoryBlockList.Read(volume, tree, record.Inode, record.BlockCount);
        foreach (uint number in old)
        {
            if (number != 0)
            {
                volume.Store.Read(number, block);
                if (DirectoryBlock.TryOpen(block, volume.HasFileType, out DirectoryBlock records) != DirectoryFault.None)
                {
                    // Refused to be salvaged: rewriting would lose what is in it.
                    return;
                }
                names.AddAll(records);
            }
        }
        names.MakeUnique();
        names.Renamed.Where(facts.Directories.Has).ToList().ForEach(origins.Keep);
        uint parent = record.Parent != 0 ? record.Parent : InodeNumber.Root.Value;
        var layout = new DirectoryLayout(volume, record.Inode, parent, record.DotDot);
        List<byte[]> image = layout.Build(names, volume.Has(CompatFeatures.DirectoryIndex), out bool isIndexed);
        if (Switch(ref record, image, isIndexed))
        {
            reporter.Compacted += reasons == RebuildReasons.None ? 1 : 0;
            return;
        }
        DoWithoutRoom(record, old, reasons);
    }

    // A directory without its index is sound, and a wish may stay one.
    private void DoWithoutRoom(in DirectoryFacts record, uint[] old, RebuildReasons reasons)
    {
        if ((reasons & RebuildReasons.Doubles) != 0)
        {
            // An entry of an index whose name changes does not lie where its hash says.
            byte[] bytes = volume.ReadInode(record.Inode);
            var view = new InodeView(bytes);
            view.Flags &= ~RawInodeFlags.Indexed;
            volume.WriteInode(record.Inode, bytes);
            Report(record.Inode, new DoubleNames(volume).Rename(old));
        }
        if ((reasons & RebuildReasons.Hole) != 0)
        {
            _ = reporter.Raise(DirectoryProblems.CannotRepair, new Place { Directory = record.Inode, Name = "there is no free block" });
            reporter.TakeBack();
        }
    }

    private void Report(uint directory, int kept)
    {
        if (kept == 0)
        {
            return;
        }
        string why = string.Create(CultureInfo.InvariantCulture, $"there is no free block, and no other name fits the places of {kept} entries");
        _ = reporter.Raise(DirectoryProblems.CannotRepair, new Place { Directory = directory, Name = why });
        for (int i = 0; i < kept; i++)
        {
            reporter.TakeBack();
        }
    }

    // False: no room, and nothing was changed.
    private bool Switch(ref DirectoryFacts record, List<byte[]> image, bool isIndexed)
    {
        byte[] bytes = volume.ReadInode(record.Inode);
        var view = new InodeView(bytes);
        var previous = new OwnedBlocks(volume, tree, view);
        ((Span<Le32>)view.Raw.Block).Clear();
        map.Begin();
        var taken = new List<uint>();
        for (int i = 0; i < image.Count; i++)
        {
            uint number = facts.Allocate();
            if (number != 0)
            {
                taken.Add(number);
            }
            if (number == 0 || !map.Set(view, (uint)i, number))
            {
                taken.ForEach(facts.Free);
                map.Taken.ForEach(facts.Free);
                return false;
            }
            volume.Store.Write(number, image[i]);
        }
        volume.Store.Flush();
        view.Size = (long)image.Count << volume.Geometry.BlockBits;
        uint attributes = view.Raw.FileAcl != 0 ? 1u : 0;
        view.Raw.Blocks512 = (uint)((image.Count + map.Taken.Count + attributes) * (volume.BlockBytes / 512));
        view.Flags = isIndexed ? view.Flags | RawInodeFlags.Indexed : view.Flags & ~RawInodeFlags.Indexed;
        volume.WriteInode(record.Inode, bytes);
        record.BlockCount = (uint)image.Count;
        record.Indexed = isIndexed;
        previous.Free(facts);
        return true;
    }
}
