namespace Ext2Union.Vfs;

/// <summary>Kinds of layers a <see cref="LayerIdentity"/> tells apart. The values are stored on disk.</summary>
public enum LayerKind : byte
{
    /// <summary>One that cannot be known again after this mount.</summary>
    Passing = 0,
    /// <summary>An ext2 volume, or a directory inside one.</summary>
    Ext2 = 1,
    /// <summary>A directory of the host.</summary>
    HostDirectory = 2,
}
