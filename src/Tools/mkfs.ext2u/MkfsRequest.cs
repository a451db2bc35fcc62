using Ext2Union.Ext2.Mkfs;

namespace Ext2Union.Tools.Mkfs;

/// <summary>What the command line asks for.</summary>
internal sealed record MkfsRequest
{
    /// <summary>How the volume shall be made.</summary>
    public FormatOptions Format { get; init; } = new();

    /// <summary>Image or device.</summary>
    public string Target { get; init; } = "";

    /// <summary>Size asked for: a count of bytes, or of blocks where <see cref="SizeIsInBlocks"/>.</summary>
    public long? Size { get; init; }

    /// <summary>The size is a plain number and a block size was given.</summary>
    public bool SizeIsInBlocks { get; init; }

    /// <summary>Directory or tar to fill the volume from (-d); <c>-</c> is a tar on standard input.</summary>
    public string? Tree { get; init; }

    /// <summary>Byte of the image where the volume begins (-E offset=).</summary>
    public long Offset { get; init; }

    /// <summary>Identity asked for by -U; chosen here when null.</summary>
    public Guid? VolumeId { get; init; }

    /// <summary>-E root_owner was given.</summary>
    public bool HasRootOwner { get; init; }

    /// <summary>SOURCE_DATE_EPOCH, seconds.</summary>
    public long? SourceDate { get; init; }

    /// <summary>-q.</summary>
    public bool Quiet { get; init; }

    /// <summary>-v.</summary>
    public bool Verbose { get; init; }

    /// <summary>-F: do not ask before overwriting.</summary>
    public bool Force { get; init; }

    /// <summary>-n: write nothing.</summary>
    public bool DryRun { get; init; }

    /// <summary>-V.</summary>
    public bool ShowVersion { get; init; }

    /// <summary>--help.</summary>
    public bool ShowHelp { get; init; }

    /// <summary>Options taken without effect, each with the reason, for one line to the user.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}
