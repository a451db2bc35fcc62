using System.Text;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// --lower: a top against the layers it lies on. Checks: that they are those; marks, origins, incomplete copies and names below. Relies on: a volume that is sound by
/// itself, its directories in the tree (behind pass 3). Everything is looked at before anything is said or repaired, so a lower that turns out to be damaged costs nothing.
/// </summary>
internal sealed class LowerComparison
{
    private readonly CheckedVolume volume;
    private readonly Reporter reporter;
    private readonly LowerStack stack;
    private readonly CopyNames names;
    private readonly LowerRepairs repairs;
    private readonly VolumeReader reader;
    private readonly SourceCheck sources;
    private readonly List<(Problem Problem, Place Place, Action Repair)> marks = [];
    private readonly List<(Problem Problem, Place Place, Action Repair)> origins = [];
    private readonly Stack<Merged> pending = [];
    private readonly InodeFacts facts;
    private readonly bool isCounting;
    // A name on the top of each copy that has a note.
    private readonly Dictionary<uint, string> copyPaths = [];

    private LowerComparison(CheckedVolume volume, Reporter reporter, InodeFacts facts, LowerStack stack, LostAndFound lostAndFound)
    {
        this.volume = volume;
        this.reporter = reporter;
        this.facts = facts;
        this.stack = stack;
        names = new CopyNames(volume, facts, stack);
        // A layer that was never in a stack with this top may hide what it counts.
        isCounting = !names.IsEmpty && stack.Numbers.Strangers.Count == 0;
        repairs = new LowerRepairs(volume, reporter, facts, lostAndFound);
        reader = new VolumeReader(volume);
        sources = new SourceCheck(volume, facts, stack);
    }

    /// <summary>Compares. False: it could not be done.</summary>
    public static bool Run(CheckedVolume volume, Reporter reporter, InodeFacts facts, LostAndFound lostAndFound, IReadOnlyList<LowerLayer> lowers)
    {
        if (reporter.Left != 0)
        {
            reporter.SayOfVolume("problems of the volume are left; it is not compared with its lowers.");
            return false;
        }
        var stack = new LowerStack(lowers, facts.Copies.Lowers);
        if (stack.Numbers.Missing.Count != 0)
        {
            foreach (RememberedLower missing in stack.Numbers.Missing)
            {
                _ = reporter.Raise(LayerProblems.OtherLower, new Place { Name = missing.Identity.Text });
            }
            foreach (LowerLayer lower in lowers)
            {
                reporter.Say($"  {lower.Name} is {lower.Identity.Text}");
            }
            return true;
        }
        try
        {
            new LowerComparison(volume, reporter, facts, stack, lostAndFound).Compare();
            return true;
        }
        catch (LowerUnreadable fault)
        {
            reporter.SayOfVolume(fault.Message);
            return false;
        }
    }

    private void Compare()
    {
        pending.Push(new Merged(InodeNumber.Root.Value, "", stack.RootsBelow(0)));
        while (pending.TryPop(out Merged? directory))
        {
            reporter.CheckCancelled();
            Meet(directory);
        }
        Report([.. sources.Faults()]);
    }

    private void Report(List<(uint Inode, long Bytes, string Reason)> faults)
    {
        var nameless = new HashSet<uint>();
        if (!isCounting && !names.IsEmpty)
        {
            reporter.SayOfVolume($"names of linked copies are not counted: it was never mounted over {stack.LayerAt(stack.Numbers.Strangers[0]).Name}.");
        }
        foreach (TopCopy copy in isCounting ? names.All : [])
        {
            if (!repairs.CheckNames(copy))
            {
                _ = nameless.Add(copy.Inode);
            }
        }
        foreach ((uint inode, long bytes, string reason) in faults.Where(fault => !nameless.Contains(fault.Inode)))
        {
            string name = $"{copyPaths.GetValueOrDefault(inode, "a copy in the index")} needs {reason}";
            _ = reporter.Raise(LayerProblems.SourceGone, new Place { Inode = inode, Found = bytes, Name = name });
        }
        foreach ((Problem problem, Place place, Action repair) in origins.Concat(marks))
        {
            if (reporter.Raise(problem, place))
            {
                repair();
            }
        }
    }

    private void Meet(Merged directory)
    {
        stack.BeginLookup();
        var here = new Dictionary<string, DirectoryRecordCopy>(StringComparer.Ordinal);
        bool isOpaque = false;
        if (directory.Top != 0)
        {
            isOpaque = reader.Begin(directory.Top).IsOpaque;
            var records = new List<(EntryPlace Place, DirectoryRecordCopy Record)>();
            _ = reader.Walk(directory.Top, 0, (place, record) => records.Add((place, record)));
            foreach ((EntryPlace place, DirectoryRecordCopy record) in records)
            {
                string name = Encoding.Latin1.GetString(record.Name);
                here[name] = record;
                MeetRecord(directory, name, place, record);
            }
        }
        if (isCounting && directory.Twins.Length != 0)
        {
            MeetBelow(directory, isOpaque, here);
        }
    }

    private void MeetRecord(Merged directory, string name, EntryPlace place, DirectoryRecordCopy record)
    {
        if (record.Inode == 0)
        {
            if (!stack.TryFind(directory.Twins, 0, name, out _))
            {
                bool isWhiteout = record.Type == DirectoryEntryType.Whiteout;
                var where = new Place { Directory = directory.Top, Name = directory.PathOf(record.Name) };
                marks.Add((isWhiteout ? LayerProblems.IdleWhiteout : LayerProblems.DeadFallthru, where, () => repairs.RemoveMark(place)));
            }
            return;
        }
        if (facts.Copies.TryGet(record.Inode, out _))
        {
            _ = copyPaths.TryAdd(record.Inode, directory.PathOf(record.Name));
        }
        if (reader.EntryOf(record).Node.Kind != InodeKind.Directory || IsIndex(directory, record.Name))
        {
            return;
        }
        LowerDirectory child = reader.Begin(record.Inode);
        LowerTwin[] twins = stack.TwinsBelow(directory.Twins, 0, name, 0, child.Origin, child.OriginPath);
        string path = directory.PathOf(record.Name);
        if (child.Origin == OriginKind.Redirect && twins.Length == 0)
        {
            var where = new Place { Directory = record.Inode, Name = $"{path} has its content at /{Place.Show(child.OriginPath)}" };
            origins.Add((LayerProblems.OriginGone, where, () => repairs.ForgetOrigin(record.Inode)));
        }
        pending.Push(new Merged(record.Inode, path, twins));
        if (isCounting && child.Origin == OriginKind.Natural)
        {
            Spread(directory, name, path, twins);
        }
    }

    private bool IsIndex(Merged directory, ReadOnlySpan<byte> name) =>
        directory.Path.Length == 0 && name.SequenceEqual(CopyIndexName.Directory) && volume.Has(IncompatFeatures.Fallthru);

    private void MeetBelow(Merged directory, bool isOpaque, Dictionary<string, DirectoryRecordCopy> here)
    {
        IEnumerable<string> shown = isOpaque
            ? here.Where(pair => pair.Value is { Inode: 0, Type: DirectoryEntryType.Fallthru }).Select(pair => pair.Key)
            : directory.Twins.SelectMany(twin => stack.Open(twin).Names).Distinct().Where(
                name => !here.TryGetValue(name, out DirectoryRecordCopy record) || record is { Inode: 0, Type: DirectoryEntryType.Fallthru });
        foreach (string name in shown.ToList())
        {
            byte[] bytes = Encoding.Latin1.GetBytes(name);
            if (!IsIndex(directory, bytes))
            {
                Spread(directory, name, directory.PathOf(bytes), LowerTwin.None);
            }
        }
    }

    // Counts what lies below under a name, in all layers: a name that another lower hides was never lost through this union, and its copy counts it still. What a former top
    // hides was lost through it, and its own index says so. The directories in covered are looked at elsewhere.
    private void Spread(Merged directory, string name, string path, LowerTwin[] covered)
    {
        for (int i = 0; i < directory.Twins.Length; i++)
        {
            LowerDirectory holder = stack.Open(directory.Twins[i]);
            SlotKind slot = holder.TryFind(name, out LowerEntry entry) ? entry.Slot : SlotKind.Absent;
            if (slot == SlotKind.Whiteout || (slot == SlotKind.Absent && holder.IsOpaque))
            {
                return;
            }
            if (slot != SlotKind.Inode)
            {
                continue;
            }
            var found = new LowerFound(directory.Twins[i].Place, i, entry.Node);
            var twin = new LowerTwin(found.Place, found.Node);
            bool isDirectory = entry.Node.Kind == InodeKind.Directory;
            if (!isDirectory)
            {
                names.Meet(found);
            }
            else if (!covered.Any(known => known.Place == twin.Place && known.Node.Number == twin.Node.Number))
            {
                LowerTwin[] twins = stack.TwinsOf(directory.Twins, name, found);
                pending.Push(new Merged(0, path, twins));
                covered = [.. covered, .. twins];
            }
            if (isDirectory ? stack.Open(twin).Origin != OriginKind.Natural : stack.LayerAt(found.Place).Lowers.Count != 0)
            {
                return;
            }
        }
    }

    /// <summary>A directory of the union that is still to be looked at.</summary>
    /// <param name="Top">Its inode on the top; 0 where it lies below alone.</param>
    /// <param name="Path">Its path; empty for the root.</param>
    /// <param name="Twins">What it merges.</param>
    private sealed record Merged(uint Top, string Path, LowerTwin[] Twins)
    {
        public string PathOf(ReadOnlySpan<byte> name) => $"{Path}/{Place.Show(name)}";
    }
}
