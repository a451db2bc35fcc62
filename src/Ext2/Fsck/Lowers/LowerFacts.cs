using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What is known of an object of a lower that a copy may have for its source.</summary>
public struct LowerFacts
{
    /// <summary>What it is.</summary>
    public InodeKind Kind;
    /// <summary>Its generation; of a host's object what the mount takes for one.</summary>
    public uint Generation;
    /// <summary>Its names, in the layer and elsewhere.</summary>
    public uint Links;
    /// <summary>Bytes.</summary>
    public long Size;
    /// <summary>Last change of content.</summary>
    public Timestamp ModifyTime;
    /// <summary>Last change.</summary>
    public Timestamp ChangeTime;
    /// <summary>Creation; zero where it is not known.</summary>
    public Timestamp BirthTime;
    /// <summary>It is itself a copy, in a layer that was a top once.</summary>
    public bool HasRecord;
    /// <summary>What it is a copy of; means something with <see cref="HasRecord"/>.</summary>
    public CopySource Record;
    /// <summary>The path in that record.</summary>
    public byte[]? RecordPath;
}
