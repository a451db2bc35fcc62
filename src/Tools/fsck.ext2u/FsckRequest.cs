using Ext2Union.Ext2.Fsck;

namespace Ext2Union.Tools.Fsck;

/// <summary>What a command line asks for, sound in itself.</summary>
internal sealed record FsckRequest
{
    /// <summary>Image file or block device.</summary>
    public string Image { get; init; } = "";

    /// <summary>Who answers; null where nothing said so and a terminal must be asked.</summary>
    public CheckMode? Mode { get; init; }

    public bool Force { get; init; }

    public bool Verbose { get; init; }

    /// <summary>How often -t was given: 1 figures at the end, 2 for each pass.</summary>
    public int Times { get; init; }

    /// <summary>-d: what each pass gathered, on standard error.</summary>
    public bool Debug { get; init; }

    public bool CompactDirectories { get; init; }

    public uint? SuperblockBlock { get; init; }

    public int? BlockBytes { get; init; }

    /// <summary>-C: where progress goes; 0 a bar, negative silent until SIGUSR1.</summary>
    public int? ProgressDescriptor { get; init; }

    /// <summary>-E, word by word.</summary>
    public ExtendedOptions Extended { get; init; } = new();

    /// <summary>--lower, each with colons between layers.</summary>
    public IReadOnlyList<string> Lowers { get; init; } = [];

    /// <summary>-z: where what is overwritten is kept; null: nowhere.</summary>
    public string? UndoFile { get; init; }

    /// <summary>--undo FILE: nothing is checked, what a check overwrote is written back.</summary>
    public bool Undo { get; init; }

    /// <summary>--json: objects instead of lines.</summary>
    public bool Json { get; init; }

    public bool ListMarks { get; init; }

    public bool ShowHelp { get; init; }

    public bool ShowVersion { get; init; }
}
