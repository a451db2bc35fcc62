namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>One attribute of a sound region.</summary>
public readonly ref struct XattrRecord
{
    /// <summary>Takes the parts of an entry.</summary>
    public XattrRecord(XattrName name, ReadOnlySpan<byte> value, uint hash)
    {
        Name = name;
        Value = value;
        Hash = hash;
    }

    /// <summary>The name.</summary>
    public XattrName Name { get; }

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value { get; }

    /// <summary>e_hash as stored.</summary>
    public uint Hash { get; }
}
