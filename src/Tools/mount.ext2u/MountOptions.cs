using Ext2Union.Linux.Mounting;

namespace Ext2Union.Tools.Mount;

/// <summary>What -o said, checked for form but not for sense.</summary>
internal sealed class MountOptions
{
    /// <summary>Flags for mount(2).</summary>
    public MountFlags Flags { get; set; }

    /// <summary>Which of <see cref="Flags"/> were given, set or cleared.</summary>
    public MountFlags FlagsGiven { get; set; }

    /// <summary>What was given besides flags: names and values as they were written, a word with an empty one.</summary>
    public Dictionary<string, string> Given { get; } = new(StringComparer.Ordinal);

    /// <summary>remount: a mount that is there is to be changed.</summary>
    public bool Remount { get; set; }

    /// <summary>An option that only the kernel gives, in what it shows of a mount; mount(8) hands it back with remount. Null: none was given.</summary>
    public string? OfKernel { get; set; }

    /// <summary>Stack on lowers.</summary>
    public bool Union { get; set; }

    /// <summary>Lowers, top-most first; empty: what is visible at the mount point.</summary>
    public List<string> Lowers { get; } = [];

    /// <summary>The top when it is not named as SPEC.</summary>
    public string? Upper { get; set; }

    /// <summary>Size of a tmpfs, bytes; null: half of the memory.</summary>
    public long? SizeBytes { get; set; }

    /// <summary>Inodes of a tmpfs; null: as many as fit.</summary>
    public long? InodeLimit { get; set; }

    /// <summary>Mode of a tmpfs' root.</summary>
    public uint? RootMode { get; set; }

    /// <summary>uid=: owner of a tmpfs' root, else the owner that everything shows.</summary>
    public uint? UserId { get; set; }

    /// <summary>gid=: the same for the group.</summary>
    public uint? GroupId { get; set; }

    /// <summary>umask=: what everything's permissions lack as they are shown; null: they are shown as they are.</summary>
    public uint? Umask { get; set; }

    /// <summary>squash_to_root: everything is root's.</summary>
    public bool SquashToRoot { get; set; }

    /// <summary>noacl.</summary>
    public bool NoAcl { get; set; }

    /// <summary>nouser_xattr.</summary>
    public bool NoUserXattrs { get; set; }

    /// <summary>allow_other; null: root allows, others don't.</summary>
    public bool? AllowOther { get; set; }

    /// <summary>allow_root.</summary>
    public bool AllowRoot { get; set; }

    /// <summary>fsname=, what is shown as the source.</summary>
    public string? SourceName { get; set; }

    /// <summary>subtype=, the type is "fuse." and this.</summary>
    public string Subtype { get; set; } = "ext2u";

    /// <summary>errors=remount-ro: stop writing when corruption is met. Null: what the superblock says.</summary>
    public bool? ReadOnlyOnErrors { get; set; }

    /// <summary>fallthru=memory: listing writes nothing.</summary>
    public bool FallthruInMemory { get; set; }

    /// <summary>redirect=: directories with lower content can be renamed.</summary>
    public bool Redirect { get; set; } = true;

    /// <summary>force-lower: the top may be mounted although a lower that it was made over is missing.</summary>
    public bool ForceLower { get; set; }

    /// <summary>copyup=full: a file is copied with all its data.</summary>
    public bool CopiesData { get; set; }

    /// <summary>lower_marks=overlay: lowers are former upper directories of the kernel's overlayfs.</summary>
    public bool ReadsOverlayMarks { get; set; }

    /// <summary>commit=, seconds.</summary>
    public int CommitSeconds { get; set; } = 5;

    /// <summary>timeout=: how long names and attributes of a tree that others change too may be kept.</summary>
    public TimeSpan Validity { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>volatile: nothing is synchronised; after a crash the top is worth nothing.</summary>
    public bool Volatile { get; set; }

    /// <summary>img_offset=: where the volume starts in the image.</summary>
    public long ImageOffset { get; set; }

    /// <summary>img_size=: how long it is; null: to the end.</summary>
    public long? ImageSize { get; set; }

    /// <summary>partition=: number of the partition that the volume is; null: none.</summary>
    public int? Partition { get; set; }

    /// <summary>x-initrd.mount: the mount belongs to the root file system, and its daemon must outlive the shutdown of services.</summary>
    public bool ServesRoot { get; set; }

    /// <summary>Nothing can be changed.</summary>
    public bool ReadOnly => Flags.HasFlag(MountFlags.ReadOnly);
}
