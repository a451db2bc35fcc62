using System.Globalization;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Parameters of a sound volume; its tree is always the same, see <see cref="BaseVolumes"/>.</summary>
internal sealed record BaseVolume
{
    public int BlockBytes { get; init; } = 1024;

    public int InodeBytes { get; init; } = 256;

    public int Bytes { get; init; } = 12 << 20;

    public int Inodes { get; init; } = 512;

    /// <summary>Blocks of a group; 0: as many as a bitmap has bits.</summary>
    public int GroupBlocks { get; init; }

    public int Revision { get; init; } = 1;

    /// <summary>As mke2fs -O takes them; empty: its defaults for ext2.</summary>
    public string Features { get; init; } = "";

    /// <summary>Two whiteouts, two fallthrus, an opaque directory.</summary>
    public bool IsMarked { get; init; } = true;

    /// <summary>What a union keeps of copies.</summary>
    public bool HasCopies { get; init; }

    /// <summary>Three files have attributes, two of them such that need a block.</summary>
    public bool HasAttributes { get; init; } = true;

    /// <summary>The parameters for mke2fs.</summary>
    public string Options => string.Create(CultureInfo.InvariantCulture, $"-b {BlockBytes} -N {Inodes} -r {Revision}")
        + (Revision == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" -I {InodeBytes}"))
        + (GroupBlocks == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" -g {GroupBlocks}"))
        + (Features.Length == 0 ? "" : $" -O '{Features}'");
}
