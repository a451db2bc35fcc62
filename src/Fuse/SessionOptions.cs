namespace Ext2Union.Fuse;

/// <summary>How a session serves its file system.</summary>
public sealed record SessionOptions
{
    /// <summary>How long the kernel may keep names and attributes of a tree that also changes behind our back. A tree that is ours alone is kept for good.</summary>
    public TimeSpan Validity { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest time that changes stay in memory only; zero: until they are synchronised.</summary>
    public TimeSpan CommitInterval { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>It is a union: opening and listing may write to the top.</summary>
    public bool CopiesUp { get; init; }

    /// <summary>A new name for a file may first copy all its data, so it is not given by the thread that reads requests.</summary>
    public bool CopiesData { get; init; }

    /// <summary>Changes of directories are durable before they are answered (mount options sync and dirsync).</summary>
    public bool SynchronousDirectories { get; init; }

    /// <summary>Only root and this user are served (allow_root); null: whoever the kernel lets in.</summary>
    public uint? OnlyUserId { get; init; }

    /// <summary>Owners and permissions as they are shown; null: as they are.</summary>
    public Presentation? Shown { get; init; }

    /// <summary>Access control lists count and can be seen and set. False: the mode alone decides, as with option noacl of the kernel's ext2.</summary>
    public bool HasAcls { get; init; } = true;

    /// <summary>Attributes named user.* can be seen and set.</summary>
    public bool HasUserXattrs { get; init; } = true;

    /// <summary>
    /// Answers what root asks of the daemon through the mount (<see cref="Mounting.ControlCall"/>): a text for a text. On a thread that may block. Null: nothing can be
    /// asked.
    /// </summary>
    public Func<string, string>? Control { get; init; }

    /// <summary>Threads for requests that can block.</summary>
    public int WorkerCount { get; init; } = 3;
}
