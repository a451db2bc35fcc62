using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Requests;

/// <summary>
/// What the kernel leaves to us under HANDLE_KILLPRIV_V2: a program that is written to, truncated or given away loses set-user-id, set-group-id
/// (where the group may execute it) and its capabilities, as file_remove_privs and notify_change do.
/// </summary>
internal static class Privileges
{
    /// <summary>Name of the attribute that holds a program's capabilities.</summary>
    public static ReadOnlySpan<byte> CapabilityName => "security.capability"u8;

    /// <summary>After a write or a truncation. <paramref name="setIds"/>: the caller has no CAP_FSETID. <paramref name="capability"/>: there may be one.</summary>
    public static Errno DropAfterContentChange(ServedTree tree, Inode inode, bool setIds, bool capability)
    {
        Errno error = capability ? DropCapability(inode) : Errno.None;
        if (error != Errno.None || !setIds)
        {
            return error;
        }

        error = inode.GetAttributes(out Attributes attributes);
        uint mode = Without(attributes.Mode);
        if (error != Errno.None || mode == attributes.Mode)
        {
            return error;
        }

        AttributeChange change = new() { Fields = AttributeFields.Mode, Mode = mode };
        error = inode.SetAttributes(in change);

        // After a write the kernel takes size and times for changed, but goes on to show the mode it knows.
        tree.AttributesChanged(inode);
        return error;
    }

    /// <summary>Adds to a change of owner what goes with it; not for directories.</summary>
    public static Errno DropWithOwner(Inode inode, ref AttributeChange change)
    {
        if (inode.GetAttributes(out Attributes attributes) is var error and not Errno.None)
        {
            return error;
        }

        uint mode = change.Has(AttributeFields.Mode) ? change.Mode : attributes.Mode;
        if (Without(mode) != mode)
        {
            change.Fields |= AttributeFields.Mode;
            change.Mode = Without(mode);
        }

        return inode.Kind == InodeKind.File ? DropCapability(inode) : Errno.None;
    }

    /// <summary>Whether a file carries capabilities.</summary>
    public static bool HasCapability(Inode inode) => inode.GetXattr(CapabilityName, [], out _) == Errno.None;

    private static Errno DropCapability(Inode inode) => HasCapability(inode) ? inode.RemoveXattr(CapabilityName) : Errno.None;

    private static uint Without(uint mode)
    {
        mode &= ~ModeBits.SetUserId;
        return (mode & ModeBits.GroupExecute) != 0 ? mode & ~ModeBits.SetGroupId : mode;
    }
}
