using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>From writable to read-only and back while it is mounted.</content>
public sealed partial class Ext2Volume
{
    /// <inheritdoc/>
    public override Errno SetReadOnly(bool readOnly)
    {
        // The bulk of what is to be written, before anybody has to wait for it.
        Errno error = readOnly ? Sync() : Errno.None;
        if (error != Errno.None)
        {
            return error;
        }

        using (Gate.Enter())
        {
            return readOnly ? StopWriting() : BeginWriting();
        }
    }

    private Errno StopWriting()
    {
        if (writesNothing)
        {
            return Errno.None;
        }

        Errno error = CommitLocked();

        // A file without a name would be one for ever if the machine stopped now; who has it open can end that.
        error = error == Errno.None && unlinked.Count + doomed.Count + orphans.Count > 0 ? Errno.EBUSY : error;
        error = error == Errno.None ? MarkUnmounted() : error;
        if (error == Errno.None)
        {
            Volatile.Write(ref isReadOnly, true);
            writesNothing = true;
            error = device.SetReadOnly(true);
        }

        return error;
    }

    private Errno BeginWriting()
    {
        if (!writesNothing)
        {
            return isReadOnly ? Errno.EUCLEAN : Errno.None;
        }

        const SuperblockState Sound = SuperblockState.Clean;
        if (((SuperblockState)(ushort)superblock.State & (SuperblockState.Clean | SuperblockState.Errors)) != Sound)
        {
            return Errno.EUCLEAN;
        }

        Errno error = MountChecks.Refusal(superblock, true, false) is null ? device.SetReadOnly(false) : Errno.EROFS;
        if (error != Errno.None)
        {
            return error;
        }

        writesNothing = false;
        error = MarkMounted();
        error = error == Errno.None ? FreeOrphans() : error;
        if (error == Errno.None)
        {
            Volatile.Write(ref isReadOnly, false);
            return Errno.None;
        }

        writesNothing = true;
        _ = device.SetReadOnly(true);
        return error;
    }
}
