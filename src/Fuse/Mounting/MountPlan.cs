using Ext2Union.Linux.Mounting;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Mounting;

/// <summary>What is to be mounted where.</summary>
public sealed record MountPlan
{
    /// <summary>The mount point: absolute, without symbolic links.</summary>
    public required string Target { get; init; }

    /// <summary>What mount(8) shows as the source.</summary>
    public required string Source { get; init; }

    /// <summary>The type is "fuse." and this.</summary>
    public string Subtype { get; init; } = "ext2u";

    /// <summary>Flags of mount(2).</summary>
    public MountFlags Flags { get; init; }

    /// <summary>Other users may use the mount.</summary>
    public bool AllowOther { get; init; }

    /// <summary>Only root and the user who mounts may use the mount.</summary>
    public bool AllowRoot { get; init; }

    /// <summary>The source is a block device that the kernel shall claim: the mount gets DESTROY, so umount waits until everything is written.</summary>
    public bool IsBlockDevice { get; init; }

    /// <summary>Claims the device for the daemon where the kernel does not do it for the mount, so that nobody else mounts it. Errors: EBUSY.</summary>
    public Func<Errno> ClaimDevice { get; init; } = () => Errno.None;
}
