namespace Ext2Union.Model.Tests.Tree;

/// <summary>One of the processes that call: who it is and what it has open. It has no supplementary groups.</summary>
internal sealed class ModelProcess(uint user, uint umask)
{
    /// <summary>Places for descriptors.</summary>
    public const int SlotCount = 6;

    /// <summary>User and, with the same number, group. 0 has every capability, others have none.</summary>
    public uint User { get; } = user;

    /// <summary>Bits withheld from what it makes.</summary>
    public uint Umask { get; } = umask;

    /// <summary>Its descriptors by slot.</summary>
    public ModelDescriptor?[] Slots { get; } = new ModelDescriptor?[SlotCount];

    /// <summary>Whether it is the superuser.</summary>
    public bool IsRoot => User == 0;

    /// <summary>inode_owner_or_capable.</summary>
    public bool Owns(ModelInode inode) => IsRoot || inode.User == User;

    /// <summary>in_group_or_capable.</summary>
    public bool IsInGroup(uint group) => IsRoot || group == User;

    /// <summary>generic_permission: whether mode and owner allow all of these (4 read, 2 write, 1 execute or search).</summary>
    public bool May(ModelInode inode, uint access)
    {
        if (IsRoot)
        {
            return (access & 1) == 0 || inode.Directory is not null || (inode.Mode & 0x49) != 0;
        }

        uint granted = inode.User == User ? inode.Mode >> 6 : inode.Group == User ? inode.Mode >> 3 : inode.Mode;
        return (granted & access) == access;
    }
}
