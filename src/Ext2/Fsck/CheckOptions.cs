using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>What a run shall do.</summary>
public sealed class CheckOptions
{
    /// <summary>Who answers.</summary>
    public CheckMode Mode { get; init; }

    /// <summary>-f: check although the volume says that it is clean.</summary>
    public bool Force { get; init; }

    /// <summary>-v: the long summary.</summary>
    public bool Verbose { get; init; }

    /// <summary>-t: time, memory and I/O; 1 at the end, 2 of each pass as well.</summary>
    public int Times { get; init; }

    /// <summary>-d: takes one line after each pass, of what it gathered; null where nobody asked.</summary>
    public Action<string>? Debug { get; init; }

    /// <summary>-D: write every directory of more than one block anew, compact and indexed; marks are names like others.</summary>
    public bool CompactDirectories { get; init; }

    /// <summary>-E clear_marks: remove all marks of a union and its features, after a question. Nothing is removed where the volume would lose data by it.</summary>
    public bool ClearMarks { get; init; }

    /// <summary>--lower: the layers that the volume, a top, is to be compared with, the highest first; empty: none.</summary>
    public IReadOnlyList<LowerLayer> Lowers { get; init; } = [];

    /// <summary>-b: block of the superblock to read instead of the primary one; null = the primary, backups when it is damaged.</summary>
    public uint? SuperblockBlock { get; init; }

    /// <summary>-B: block size in bytes that <see cref="SuperblockBlock"/> counts in; null = try all.</summary>
    public int? BlockBytes { get; init; }

    /// <summary>What the volume is called in messages.</summary>
    public required string Name { get; init; }

    /// <summary>Where deletion and check times come from.</summary>
    public Clock Clock { get; init; } = Clock.System;
}
