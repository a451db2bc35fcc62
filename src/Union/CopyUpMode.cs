namespace Ext2Union.Union;

/// <summary>How much of a file's data is copied to the top with it (<c>-o copyup=</c>).</summary>
public enum CopyUpMode
{
    /// <summary>None: the copy notes what it is a copy of, and blocks are copied as they are written.</summary>
    Partial,
    /// <summary>All of it: the copy does not depend on the lower.</summary>
    Full,
}
