namespace Ext2Union.Linux.Files;

/// <summary>Flags of open(2) whose values are the same on every 64-bit architecture .NET runs on. O_CLOEXEC is always added.</summary>
[Flags]
public enum OpenFlags
{
    /// <summary>O_RDONLY.</summary>
    ReadOnly = 0,
    /// <summary>O_WRONLY.</summary>
    WriteOnly = 1,
    /// <summary>O_RDWR.</summary>
    ReadWrite = 2,
    /// <summary>O_CREAT.</summary>
    Create = 0x40,
    /// <summary>O_EXCL: with <see cref="Create"/> the file must be new; on a block device it is claimed, and a mounted one is EBUSY.</summary>
    Exclusive = 0x80,
    /// <summary>O_TRUNC.</summary>
    Truncate = 0x200,
    /// <summary>O_PATH: names the object without opening it (no side effect of a device's open, no wait on a fifo).</summary>
    PathOnly = 0x200000,
}
