namespace Ext2Union.Tools.Mount;

/// <summary>The command line: what is to be mounted where, and how.</summary>
internal sealed record MountRequest
{
    /// <summary>SPEC: image, device or "tmpfs".</summary>
    public required string Spec { get; init; }

    /// <summary>DIR as given.</summary>
    public required string Directory { get; init; }

    /// <summary>What -o said.</summary>
    public required MountOptions Options { get; init; }

    /// <summary>Stay in the foreground.</summary>
    public bool Foreground { get; init; }

    /// <summary>-f: everything but the mount.</summary>
    public bool Fake { get; init; }

    /// <summary>-v.</summary>
    public bool Verbose { get; init; }
}
