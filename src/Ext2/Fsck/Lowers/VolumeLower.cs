using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>An ext2 volume, or a directory of one, as a lower. Read by the checker's own readers; one that is dirty or damaged is refused.</summary>
public sealed class VolumeLower : LowerLayer
{
    private readonly CheckedVolume volume;
    private readonly VolumeReader reader;
    private readonly List<RememberedLower> lowers = [];
    // The directory that each one was found in; the root's is not asked.
    private readonly Dictionary<uint, uint> parents = [];
    private Dictionary<(ushort Layer, ulong Inode), LowerNode>? index;
    private LayerIdentity identity;
    private LowerNode root;

    private VolumeLower(CheckedVolume volume, string name)
    {
        this.volume = volume;
        Name = name;
        reader = new VolumeReader(volume);
        uint number = InodeNumber.Root.Value;
        parents[number] = number;
        root = new LowerNode(number, InodeKind.Directory);
        if (reader.Attributes.Read(new InodeView(volume.ReadInode(number)), XattrName.Lowers) is { } table)
        {
            _ = LowerTable.ReadSound(table, lowers);
        }
        identity = LayerIdentities.Of(volume.Superblock, InodeNumber.Root);
    }

    /// <inheritdoc/>
    public override string Name { get; }

    /// <inheritdoc/>
    public override LayerIdentity Identity => identity;

    /// <inheritdoc/>
    public override IReadOnlyList<RememberedLower> Lowers => lowers;

    /// <inheritdoc/>
    public override LowerNode Root => root;

    /// <summary>
    /// Opens a volume that the caller has opened and share-locked. False: <paramref name="refusal"/> says in one sentence why it cannot be compared with.
    /// </summary>
    /// <param name="device">The volume; stays the caller's.</param>
    /// <param name="name">What the command line calls it.</param>
    /// <param name="inside">The directory of it that is the lower; empty for all of it.</param>
    /// <param name="lower">The layer.</param>
    /// <param name="refusal">Why not.</param>
    public static bool TryOpen(BlockDevice device, string name, string inside, [NotNullWhen(true)] out VolumeLower? lower, [NotNullWhen(false)] out string? refusal)
    {
        lower = null;
        refusal = null;
        var complaints = new FirstComplaint();
        var options = new CheckOptions { Mode = CheckMode.No, Name = name };
        var reporter = new Reporter(options, complaints);
        try
        {
            CheckedVolume volume = new Pass0Superblock(new VolumeStore(device, reporter), options, reporter).OpenForReading();
            refusal = complaints.Text is not null ? $"lower {name} is damaged ({complaints.Text}); check it with: fsck.ext2u -f {name}"
                : IsDirty(volume) ? $"lower {name} was not unmounted cleanly; check it with: fsck.ext2u {name}"
                : null;
            lower = refusal is null ? new VolumeLower(volume, name) : null;
            lower?.Enter(inside);
        }
        catch (CheckStopped)
        {
            refusal = $"lower {name} cannot be read ({complaints.Text}); check it with: fsck.ext2u -f {name}";
        }
        catch (LowerUnreadable fault)
        {
            lower = null;
            refusal = fault.Message;
        }
        return lower is not null;
    }

    /// <inheritdoc/>
    public override LowerDirectory Open(LowerNode directory)
    {
        uint inode = (uint)directory.Number;
        LowerDirectory found = Guard(inode, () => reader.Begin(inode));
        // A volume that has a table of lowers shows its own index to nobody.
        bool mayHide = inode == InodeNumber.Root.Value && lowers.Count != 0;
        Read(inode, (place, record) =>
        {
            if (!mayHide || !record.Name.AsSpan().SequenceEqual(CopyIndexName.Directory) || !IsIndex(record.Inode))
            {
                found.Add(record.Name, EntryOf(inode, record));
            }
        });
        return found;
    }

    /// <inheritdoc/>
    public override LowerFacts FactsOf(LowerNode node) => Guard((uint)node.Number, () =>
    {
        var view = new InodeView(volume.ReadInode((uint)node.Number));
        var facts = new LowerFacts
        {
            Kind = view.Kind,
            Generation = view.Raw.Generation,
            Links = view.Raw.LinksCount,
            Size = view.Size,
            ModifyTime = view.ModifyTime,
            ChangeTime = view.ChangeTime,
            BirthTime = view.BirthTime,
        };
        if (lowers.Count != 0 && reader.Attributes.Read(view, XattrName.Copy) is { } value
            && CopyRecord.Read(value, out facts.Record, out ReadOnlySpan<byte> path) == CopyRecordFault.None)
        {
            facts.HasRecord = true;
            facts.RecordPath = path.ToArray();
        }
        return facts;
    });

    /// <inheritdoc/>
    public override bool TryFindSource(ulong number, ReadOnlySpan<byte> path, out LowerNode node)
    {
        node = default;
        if (number < volume.FirstInode || number > volume.Geometry.InodeCount)
        {
            return false;
        }
        var view = new InodeView(volume.ReadInode((uint)number));
        node = new LowerNode(number, view.Kind);
        return view.Raw.LinksCount != 0 && view.Raw.Mode != 0;
    }

    /// <inheritdoc/>
    public override bool TryFindIndexed(ushort layer, ulong inode, out LowerNode copy)
    {
        index ??= ReadIndex();
        return index.TryGetValue((layer, inode), out copy);
    }

    private static bool IsDirty(CheckedVolume volume)
    {
        var state = (SuperblockState)(ushort)volume.Superblock.State;
        return (state & (SuperblockState.Clean | SuperblockState.Errors)) != SuperblockState.Clean || volume.Superblock.LastOrphan != 0;
    }

    private void Enter(string inside)
    {
        LowerNode at = root;
        foreach (string name in inside.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            string bytes = Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(name));
            if (!Open(at).TryFind(bytes, out LowerEntry entry) || entry.Node.Kind != InodeKind.Directory)
            {
                throw new LowerUnreadable($"lower {Name} holds no directory {inside}; look what it holds with: mount.ext2u -r {Name} DIR");
            }
            at = entry.Node;
        }
        root = at;
        identity = LayerIdentities.Of(volume.Superblock, new InodeNumber((uint)at.Number));
    }

    private LowerEntry EntryOf(uint directory, DirectoryRecordCopy record)
    {
        LowerEntry entry = reader.EntryOf(record);
        if (entry.Slot == SlotKind.Inode && (record.Inode < volume.FirstInode || record.Inode > volume.Geometry.InodeCount))
        {
            throw Damaged(directory, $"'{Place.Show(record.Name)}' leads to inode {record.Inode}");
        }
        if (entry.Node.Kind == InodeKind.Directory && !parents.TryAdd(record.Inode, directory) && parents[record.Inode] != directory)
        {
            throw Damaged(record.Inode, "it has two names");
        }
        return entry;
    }

    private bool IsIndex(uint inode)
    {
        bool hasNames = false;
        bool hasKey = false;
        Read(inode, (_, record) =>
        {
            hasNames = true;
            hasKey |= CopyIndexName.TryParse(record.Name, out ushort _, out ulong _);
        });
        return hasKey || !hasNames;
    }

    private Dictionary<(ushort Layer, ulong Inode), LowerNode> ReadIndex()
    {
        var found = new Dictionary<(ushort Layer, ulong Inode), LowerNode>();
        uint holder = 0;
        if (lowers.Count != 0)
        {
            Read(InodeNumber.Root.Value, (_, record) => holder = record.Name.AsSpan().SequenceEqual(CopyIndexName.Directory) ? record.Inode : holder);
        }
        if (holder != 0)
        {
            Read(holder, (place, record) =>
            {
                if (CopyIndexName.TryParse(record.Name, out ushort layer, out ulong source) && reader.EntryOf(record) is { Slot: SlotKind.Inode } entry)
                {
                    _ = found.TryAdd((layer, source), entry.Node);
                }
            });
        }
        return found;
    }

    private void Read(uint inode, Action<EntryPlace, DirectoryRecordCopy> meet)
    {
        uint parent = parents.GetValueOrDefault(inode);
        if (Guard(inode, () => reader.Walk(inode, parent, meet)) is { } fault)
        {
            throw Damaged(inode, fault);
        }
    }

    private T Guard<T>(uint inode, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (CheckStopped)
        {
            throw new LowerUnreadable($"lower {Name} cannot be read (inode {inode}); check its device with badblocks(8)");
        }
    }

    private LowerUnreadable Damaged(uint inode, string fault) =>
        new($"lower {Name} is damaged (directory inode {inode}: {fault}); check it with: fsck.ext2u -f {Name}");

    private sealed class FirstComplaint : Interaction
    {
        public string? Text { get; private set; }

        public override void Line(string text) => Text ??= text.TrimEnd('.', ' ');

        public override Answer Ask(string text) => Answer.No;
    }
}
