using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>The attributes that unions keep on one inode, as pass 1 meets them: inside the inode first, then in its block, as the kernel looks.</summary>
internal sealed class UnionAttributes
{
    private readonly byte[] copy = new byte[CopyRecord.MaximumBytes];
    private int copyBytes;

    /// <summary>The directory was moved away from what lies below it and says where that is.</summary>
    public bool HasOrigin { get; private set; }

    /// <summary>There is a record of a copy, sound or not.</summary>
    public bool HasCopy { get; private set; }

    /// <summary>The table of lowers; null without one. It means something on the root alone.</summary>
    public byte[]? Lowers { get; private set; }

    /// <summary>What is wrong with the record. Means something with <see cref="HasCopy"/>.</summary>
    public CopyRecordFault Fault { get; private set; }

    /// <summary>What the record says; means something where <see cref="Fault"/> is none.</summary>
    public CopySource Copy { get; private set; }

    /// <summary>The bytes of the record.</summary>
    public ReadOnlySpan<byte> CopyBytes => copy.AsSpan(0, copyBytes);

    /// <summary>The file takes what it lacks below this length from its source; 0 when it takes nothing.</summary>
    public long Remainder => HasCopy && Fault == CopyRecordFault.None ? Copy.Remainder : 0;

    /// <summary>Forgets the inode before.</summary>
    public void Begin()
    {
        HasOrigin = false;
        HasCopy = false;
        Lowers = null;
    }

    /// <summary>Looks through a sound region. True: something of a union's was there.</summary>
    public bool Look(XattrRegion region)
    {
        bool isMet = false;
        int at = region.FirstEntry;
        while (region.TryRead(ref at, out XattrRecord record))
        {
            if (record.Name.IsOfUnions)
            {
                isMet = true;
                Take(record);
            }
        }
        return isMet;
    }

    private void Take(XattrRecord record)
    {
        if (record.Name.CompareTo(XattrName.Origin) == 0)
        {
            HasOrigin = true;
        }
        else if (record.Name.CompareTo(XattrName.Copy) == 0 && !HasCopy)
        {
            HasCopy = true;
            // What is longer than any record is no record, and too much to keep.
            copyBytes = Math.Min(record.Value.Length, copy.Length);
            record.Value[..copyBytes].CopyTo(copy);
            Fault = CopyRecord.Read(CopyBytes, out CopySource source, out _);
            Fault = record.Value.Length > copy.Length ? CopyRecordFault.Length : Fault;
            Copy = source;
        }
        else if (record.Name.CompareTo(XattrName.Lowers) == 0)
        {
            Lowers ??= record.Value.ToArray();
        }
    }
}
