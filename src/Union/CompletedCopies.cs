using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// Copies that have become complete by being written, until the top's records say so. A record must not lead the blocks to the disk: a crash would show
/// zeros where the source's data belongs. So it is changed only after a sync that began when the last block had been written. Until then, and for a
/// copy that is forgotten here, it says too much, which does no harm: nothing is missing.
/// </summary>
internal sealed class CompletedCopies(RankedLock tree)
{
    private const int Capacity = 256;

    // A leaf: nothing is called under it.
    private readonly Lock gate = new();
    private readonly List<FileInode> waiting = [];

    /// <summary>A copy is complete. Holds a reference to it.</summary>
    public void Add(FileInode copy)
    {
        lock (gate)
        {
            if (waiting.Count < Capacity)
            {
                copy.Acquire();
                waiting.Add(copy);
            }
        }
    }

    /// <summary>A copy is removed; nobody needs its record.</summary>
    public void Forget(Inode copy)
    {
        bool known;
        lock (gate)
        {
            known = waiting.Count > 0 && copy is FileInode file && waiting.Remove(file);
        }

        if (known)
        {
            copy.Release();
        }
    }

    /// <summary>The copies that wait now, or the one of them that is asked for. Their records may be changed when the top has been synced after this call.</summary>
    public FileInode[] Take(Inode? only)
    {
        lock (gate)
        {
            return waiting.Count == 0 ? [] : only is null ? [.. waiting] : only is FileInode file && waiting.Contains(file) ? [file] : [];
        }
    }

    /// <summary>Changes the records of copies that were taken before a sync. One that cannot be changed now stays as it is.</summary>
    public void Complete(FileInode[] taken)
    {
        foreach (FileInode copy in taken)
        {
            // Others change the same record under this lock.
            using (tree.Enter())
            {
                if (LayerFile.ReadRecord(copy, out CopySource record) == Errno.None && record.IsIncomplete)
                {
                    record.Remainder = 0;
                    _ = copy.SetCopySource(record, []);
                }
            }

            Forget(copy);
        }
    }
}
