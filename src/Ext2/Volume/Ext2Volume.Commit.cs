using Ext2Union.Ext2.OnDisk;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume;

/// <content>
/// When changes reach the disk. Everything since the last commit is one epoch: what is referred to, then inodes, then names (the cache's stages). What must
/// come after the names - the end of an inode whose last name is gone, an opaque flag after its fallthrus - is put off to the end of the
/// epoch, so that within one no block ever has to be written both before and after another. Blocks freed in an epoch are given out in the next.
/// </content>
public sealed partial class Ext2Volume
{
    // Each costs some bytes until the commit; a commit costs a few barriers.
    private const int MostPutOff = 16384;
    private const int LeastInodes = 8;

    private uint epoch = 1;
    private readonly List<InodeNumber> unlinked = [];
    private readonly HashSet<uint> doomed = [];
    private readonly Dictionary<uint, RawInodeFlags> flagsPutOff = [];

    /// <summary>Inodes that are gone but keep their number until the next commit.</summary>
    internal int DoomedCount => doomed.Count;

    /// <summary>The number of the epoch under way.</summary>
    internal uint Epoch => Volatile.Read(ref epoch);

    /// <inheritdoc/>
    public override Errno Sync()
    {
        if (writesNothing)
        {
            return Errno.None;
        }

        // File data, the bulk of it, goes before the lock is taken: nobody waits for it but the caller.
        Errno error = device.Flush();
        if (error != Errno.None)
        {
            return error;
        }

        using (Gate.Enter())
        {
            return CommitLocked();
        }
    }

    /// <inheritdoc/>
    public override Errno Unmount()
    {
        if (writesNothing)
        {
            return Errno.None;
        }

        using (Gate.Enter())
        {
            EndNameless();
            Errno error = CommitLocked();
            if (error == Errno.None)
            {
                error = MarkUnmounted();
            }

            Volatile.Write(ref isReadOnly, true);
            return error;
        }
    }

    /// <summary>
    /// A change begins: asked once by every operation that writes, before it touches anything. Commits when much has gathered.
    /// Errors: EROFS; what a commit answers.
    /// </summary>
    internal Errno BeginChange()
    {
        if (isReadOnly)
        {
            return Errno.EROFS;
        }

        int putOff = unlinked.Count + doomed.Count;
        bool isPressed = Cache.IsPressed || putOff > MostPutOff || (putOff > 0 && groups.FreeInodes < LeastInodes) || blocks.IsPressed;
        return isPressed ? CommitLocked() : Errno.None;
    }

    /// <summary>Whether all that matters of an inode, but its times, is on the disk.</summary>
    internal bool IsOver(in InodeCore core)
    {
        using (Gate.Enter())
        {
            return core.Epoch != epoch;
        }
    }

    /// <summary>
    /// Puts flags into an inode's record after all names written so far: an opaque flag must not be seen before the fallthrus of its directory.
    /// </summary>
    internal void PutOffFlags(ref InodeCore core, RawInodeFlags flags)
    {
        flagsPutOff[core.Number.Value] = flagsPutOff.GetValueOrDefault(core.Number.Value) | flags;
        core.States |= InodeStates.OpaquePending;
    }

    /// <summary>Takes back what <see cref="PutOffFlags"/> put off.</summary>
    internal void DropFlagsPutOff(ref InodeCore core)
    {
        _ = flagsPutOff.Remove(core.Number.Value);
        core.States &= ~InodeStates.OpaquePending;
    }

    /// <summary>Everything changed so far is durable when it returns. Under <see cref="Gate"/>. Errors: EIO, ENOSPC of a sparse image's host.</summary>
    internal Errno CommitLocked()
    {
        if (writesNothing)
        {
            return Errno.None;
        }

        Errno error = WriteEpoch();
        if (error != Errno.None)
        {
            return error;
        }

        epoch++;

        // What was freed is free on the disk, and nothing there refers to it any more.
        blocks.EndEpoch();
        if (unlinked.Count + doomed.Count + flagsPutOff.Count == 0)
        {
            return Errno.None;
        }

        error = ApplyPutOff();
        Errno written = WriteEpoch();
        return error != Errno.None ? error : written;
    }

    private Errno WriteEpoch()
    {
        if (IsSuperblockStale)
        {
            Errno error = PutSuperblock();
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Cache.WriteBack(true);
    }

    private Errno ApplyPutOff()
    {
        Errno result = Errno.None;
        foreach ((uint number, RawInodeFlags flags) in flagsPutOff)
        {
            result = First(result, ApplyFlags(new InodeNumber(number), flags));
        }

        flagsPutOff.Clear();
        foreach (InodeNumber number in unlinked)
        {
            if (table.Find(number) is { } inode && (inode.Core.States & InodeStates.Unlinked) != 0)
            {
                result = First(result, AddOrphan(inode));
            }
        }

        unlinked.Clear();
        foreach (uint number in doomed)
        {
            result = First(result, EndInode(new InodeNumber(number)));
        }

        doomed.Clear();
        return result;
    }

    private Errno ApplyFlags(InodeNumber number, RawInodeFlags flags)
    {
        if (table.Find(number) is { } known)
        {
            known.Core.States &= ~InodeStates.OpaquePending;
        }

        using InodeLease inode = ReadInode(number);
        if (inode.Error != Errno.None || doomed.Contains(number.Value))
        {
            return inode.Error;
        }

        inode.Raw.Flags = inode.Raw.Flags | (uint)flags;
        inode.MarkDirty();
        return Errno.None;
    }

    private bool IsDoomed(InodeNumber number) => doomed.Count > 0 && doomed.Contains(number.Value);

    private static Errno First(Errno earlier, Errno later) => earlier != Errno.None ? earlier : later;
}
