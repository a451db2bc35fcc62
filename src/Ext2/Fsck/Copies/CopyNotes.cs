using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// What pass 1 leaves of the copies of a union. Only records with flags or damage cost memory; of a complete copy nothing is kept but the layer that it
/// names, and that only where the table of lowers does not have it.
/// </summary>
internal sealed class CopyNotes
{
    private readonly SortedDictionary<uint, CopyNote> notes = [];
    private readonly Dictionary<ushort, long> unknownLayers = [];
    private readonly HashSet<ushort> known = [];

    /// <summary>A directory with a stored origin was met.</summary>
    public bool HasOrigin { get; private set; }

    /// <summary>A record that says that it is in the index was met.</summary>
    public bool HasIndexed { get; private set; }

    /// <summary>Something was met that needs the feature fallthru.</summary>
    public bool NeedFallthru { get; private set; }

    /// <summary>Rows of the table of lowers that can be read.</summary>
    public List<RememberedLower> Lowers { get; } = [];

    /// <summary>What is wrong with the table of lowers.</summary>
    public LowerTableFault TableFault { get; private set; }

    /// <summary>A directory outside the root's index that holds an entry of it; 0 when none was met.</summary>
    public uint IndexCandidate { get; private set; }

    /// <summary>Copies that nothing but the index leads to although they had names.</summary>
    public List<uint> Nameless { get; } = [];

    /// <summary>Inodes with a note, ascending.</summary>
    public uint[] Inodes => [.. notes.Keys];

    /// <summary>Layers that records name and the table has not, with the number of such records, ascending.</summary>
    public IEnumerable<KeyValuePair<ushort, long>> UnknownLayers => unknownLayers.OrderBy(pair => pair.Key);

    /// <summary>Whether there is nothing to check.</summary>
    public bool IsEmpty => notes.Count == 0 && unknownLayers.Count == 0 && TableFault == LowerTableFault.None;

    /// <summary>Notes what pass 1 found on an inode. The root comes first, so that its table is known before a record names a row of it.</summary>
    public void Note(uint inode, InodeKind kind, long size, UnionAttributes found, long missingBlocks)
    {
        HasOrigin |= found.HasOrigin;
        NeedFallthru |= found.HasOrigin;
        if (inode == InodeNumber.Root.Value && found.Lowers is { } table)
        {
            TableFault = LowerTable.ReadSound(table, Lowers);
            Lowers.ForEach(lower => known.Add(lower.Number));
        }
        if (!found.HasCopy)
        {
            return;
        }
        CopySource source = found.Copy;
        CopyRecordFault fault = found.Fault == CopyRecordFault.None ? CopyRecord.FaultFor(source, kind, size) : found.Fault;
        bool isReadable = found.Fault == CopyRecordFault.None;
        if (isReadable)
        {
            MeetLayer(source.Layer);
        }
        if (fault != CopyRecordFault.None || source.IsIndexed || source.IsIncomplete)
        {
            Set(inode, NoteOf(source, fault, missingBlocks));
        }
    }

    /// <summary>A record that can be read names this layer.</summary>
    public void MeetLayer(ushort layer)
    {
        if (!known.Contains(layer))
        {
            unknownLayers[layer] = unknownLayers.GetValueOrDefault(layer) + 1;
        }
    }

    /// <summary>The note of a record.</summary>
    public static CopyNote NoteOf(in CopySource source, CopyRecordFault fault, long missingBlocks) => new()
    {
        Layer = source.Layer,
        Source = source.Inode,
        IsIndexed = source.IsIndexed,
        IsIncomplete = source.IsIncomplete,
        LowerNames = source.LowerNames,
        Fault = fault,
        MissingBlocks = missingBlocks,
    };

    public bool TryGet(uint inode, out CopyNote note) => notes.TryGetValue(inode, out note);

    public void Set(uint inode, in CopyNote note)
    {
        notes[inode] = note;
        bool mayOwe = !note.IsReadable && note.MissingBlocks != 0;
        HasIndexed |= note.IsReadable && note.IsIndexed;
        NeedFallthru |= mayOwe || (note.IsReadable && (note.IsIndexed || note.IsIncomplete));
    }

    public void Remove(uint inode) => notes.Remove(inode);

    /// <summary>An entry of a directory, met in pass 2: an index that has lost its name is known by what it holds.</summary>
    public void MeetEntry(uint directory, ReadOnlySpan<byte> name, uint inode)
    {
        if (CopyIndexName.TryParse(name, out ushort layer, out ulong source) && notes.TryGetValue(inode, out CopyNote note)
            && note.IsReadable && note.IsIndexed && note.Layer == layer && note.Source == source)
        {
            IndexCandidate = IndexCandidate == 0 ? directory : IndexCandidate;
        }
    }
}
