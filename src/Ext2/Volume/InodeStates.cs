namespace Ext2Union.Ext2.Volume;

/// <summary>What memory knows of an inode beyond its record on disk.</summary>
[Flags]
internal enum InodeStates : byte
{
    /// <summary>Nothing: the record says all.</summary>
    None = 0,
    /// <summary>Its last name is gone, but the record still shows one link: it changes only after the directory was written.</summary>
    Unlinked = 1,
    /// <summary>It is on the list of orphans; its record shows no link.</summary>
    Orphan = 2,
    /// <summary>The last reference was released and its blocks are freed; nothing may use it any more.</summary>
    Gone = 4,
    /// <summary>
    /// Its last name was given to something else in the same step (a rename over it, a whiteout): whoever finds the old name after a crash must find the old
    /// content. Without it a crash may as well show the name gone.
    /// </summary>
    Replaced = 16,
    /// <summary>The opaque flag is set in memory and goes to the record after the marks put before it were written.</summary>
    OpaquePending = 8,
}
