using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <summary>An object that is no directory, and what directories have in common with it.</summary>
internal class ModelInode(InodeKind kind, uint mode, uint user, uint group)
{
    /// <summary>What it is.</summary>
    public InodeKind Kind { get; } = kind;

    /// <summary>Permission bits, set-id and sticky bits (07777).</summary>
    public uint Mode { get; set; } = mode;

    /// <summary>Owner.</summary>
    public uint User { get; set; } = user;

    /// <summary>Group.</summary>
    public uint Group { get; set; } = group;

    /// <summary>
    /// Names that lead to it, or in a union the count of the layer it comes from plus and minus what was done since: a name that a
    /// higher layer hides still counts. Not kept for directories.
    /// </summary>
    public long LinkCount { get; set; }

    /// <summary>Made by O_TMPFILE without O_EXCL: may get a name though it has none (I_LINKABLE).</summary>
    public bool IsLinkable { get; set; }

    /// <summary>A change of its content has cost it set-id bits. With FUSE the kernel hears of that when it asks for the mode the next time.</summary>
    public bool HasLostSetIds { get; set; }

    /// <summary>What chattr(1) has set.</summary>
    public InodeFlags Flags { get; set; }

    /// <summary>Bytes of a regular file.</summary>
    public ModelContent Content { get; init; } = new();

    /// <summary>Where a symlink leads.</summary>
    public string Target { get; init; } = "";

    /// <summary>Number of a device.</summary>
    public DeviceNumber Device { get; init; }

    /// <summary>Extended attributes by full name, values as text of one character per byte.</summary>
    public SortedDictionary<string, string> Xattrs { get; init; } = new(StringComparer.Ordinal);

    /// <summary>st_atime.</summary>
    public ModelTime AccessTime { get; } = new();

    /// <summary>st_mtime.</summary>
    public ModelTime ModifyTime { get; } = new();

    /// <summary>st_ctime.</summary>
    public ModelTime ChangeTime { get; } = new();

    /// <summary>st_ino as it was first seen; it must not change.</summary>
    public ulong? Number { get; set; }

    /// <summary>As a directory, or null.</summary>
    public ModelDirectory? Directory => this as ModelDirectory;

    /// <summary>Whether it cannot be changed at all.</summary>
    public bool IsImmutable => (Flags & InodeFlags.Immutable) != 0;

    /// <summary>Whether it can only grow.</summary>
    public bool IsAppendOnly => (Flags & InodeFlags.AppendOnly) != 0;

    /// <summary>Content and modification.</summary>
    public void TouchContent(Timestamp now)
    {
        ModifyTime.Touch(now);
        ChangeTime.Touch(now);
    }

    /// <summary>What an object has when it is made.</summary>
    public void TouchAll(Timestamp now)
    {
        AccessTime.Touch(now);
        TouchContent(now);
    }
}
