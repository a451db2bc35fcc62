namespace Ext2Union.Vfs;

/// <summary>
/// What an object of a union's top is a copy of: kept with the object by <see cref="Inode.SetCopySource"/>, durable before any name of it. It gives
/// the copy the number of its source, and an incomplete copy the rest of its data (docs/FORMAT.md, "Copies").
/// </summary>
public struct CopySource
{
    /// <summary>The lower, by the number that the table of the layer holding this record gives to it (<see cref="FileSystem.ReadLowers"/>); never 0.</summary>
    public ushort Layer;
    /// <summary>The source's inode number in that lower.</summary>
    public ulong Inode;
    /// <summary>The source's generation there.</summary>
    public uint Generation;
    /// <summary>Names of the source that still show from below and lead here through the index. Zero without <see cref="IsIndexed"/>.</summary>
    public uint LowerNames;
    /// <summary>The copy is entered in the layer's <see cref="CopyIndex"/>, which counts as one of its links.</summary>
    public bool IsIndexed;
    /// <summary>
    /// Of a file, bytes: blocks below this length that the copy does not have are the source's; zero says the copy is complete. Never more than the
    /// file's size. Only ever shrinks.
    /// </summary>
    public long Remainder;
    /// <summary>The source's size when it was copied, bytes. This and the times count only while <see cref="Remainder"/> is not 0.</summary>
    public long Size;
    /// <summary>The source's modification time when it was copied.</summary>
    public Timestamp ModifyTime;
    /// <summary>The source's change time when it was copied.</summary>
    public Timestamp ChangeTime;

    /// <summary>Whether part of the data lies in the source.</summary>
    public readonly bool IsIncomplete => Remainder > 0;
}
