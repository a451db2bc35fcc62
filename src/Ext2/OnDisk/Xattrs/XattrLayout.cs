namespace Ext2Union.Ext2.OnDisk.Xattrs;

/// <summary>Where things lie in a region of attributes.</summary>
/// <param name="FirstEntry">Place of the first entry.</param>
/// <param name="ValueBase">What offsets of values are counted from.</param>
public readonly record struct XattrLayout(int FirstEntry, int ValueBase)
{
    /// <summary>A block of its own.</summary>
    public static XattrLayout Block => new(XattrBlockHeader.Bytes, 0);

    /// <summary>The rest of an inode behind i_extra_isize: the magic number, then entries.</summary>
    public static XattrLayout Inode => new(4, 4);
}
