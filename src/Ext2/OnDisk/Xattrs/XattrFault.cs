namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>What can be wrong with a region of attributes.</summary>
public enum XattrFault
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>h_magic is another number.</summary>
    Magic,
    /// <summary>h_blocks is not 1, or h_refcount is 0 or more than 1024.</summary>
    Header,
    /// <summary>An entry reaches beyond the region, or no end mark follows the last one.</summary>
    EntryOutside,
    /// <summary>A name holds a zero byte.</summary>
    Name,
    /// <summary>A value lies outside the region or over the entries.</summary>
    ValueOutside,
    /// <summary>A value lies in an inode of its own (ea_inode), which a volume without that feature cannot have.</summary>
    ValueElsewhere,
}
