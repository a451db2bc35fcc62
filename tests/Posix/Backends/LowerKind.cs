namespace Ext2Union.Posix.Tests.Backends;

/// <summary>What a lower layer is.</summary>
internal enum LowerKind
{
    /// <summary>An ext2 image.</summary>
    Image,
    /// <summary>A directory of the host.</summary>
    Directory,
    /// <summary>The top of a former union with the lowers beneath it.</summary>
    FormerTop,
}
