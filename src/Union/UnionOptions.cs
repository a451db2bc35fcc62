using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>How a union behaves.</summary>
public sealed class UnionOptions
{
    /// <summary>What listing may store on the top.</summary>
    public FallthruMode Fallthru { get; init; } = FallthruMode.Persist;

    /// <summary>Whether a directory with lower content can be renamed (it stores its origin); else that answers EXDEV.</summary>
    public bool Redirect { get; init; } = true;

    /// <summary>How much of a file's data is copied when the file is. A top that cannot note where the rest lies copies all.</summary>
    public CopyUpMode CopyUp { get; init; } = CopyUpMode.Partial;

    /// <summary>Whether a top may be stacked although a lower that it was made over is missing.</summary>
    public bool ForceLower { get; init; }

    /// <summary>Where changes of the union's own take the time from.</summary>
    public Clock Clock { get; init; } = Clock.System;

    /// <summary>Where events are reported.</summary>
    public EventLog Log { get; init; } = EventLog.Silent;
}
