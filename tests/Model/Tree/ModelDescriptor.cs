namespace Ext2Union.Model.Tests.Tree;

/// <summary>An open file description of one process.</summary>
internal sealed class ModelDescriptor(ModelInode inode, bool reads, bool writes, bool appends)
{
    /// <summary>What is open; it lives as long as this does.</summary>
    public ModelInode Inode { get; } = inode;

    /// <summary>Opened for reading.</summary>
    public bool Reads { get; } = reads;

    /// <summary>Opened for writing.</summary>
    public bool Writes { get; } = writes;

    /// <summary>Opened with O_APPEND.</summary>
    public bool Appends { get; } = appends;

    /// <summary>Where read(2) and write(2) go on.</summary>
    public long Position { get; set; }
}
