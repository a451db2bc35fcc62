using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Unions;

/// <summary>What a damaged record of a copy still proves. For checkers: a mount believes a whole record or none.</summary>
public static class CopyRecordSalvage
{
    /// <summary>
    /// Reads a record whose version, flags, count of lower names or path is damaged while the rest is sound. Whether it is incomplete is told by its length
    /// where the flag does not. A path that is none is given up only where <paramref name="mayLosePath"/>: an incomplete copy needs it.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> value, bool mayLosePath, out CopySource source, out byte[] path)
    {
        source = default;
        path = [];
        if (value.Length is < CopyRecord.CompleteBytes or > CopyRecord.MaximumBytes)
        {
            return false;
        }

        byte[] work = value.ToArray();
        byte flags = (byte)(value[1] & (CopyRecord.IndexedFlag | CopyRecord.IncompleteFlag));
        work[0] = CopyRecord.Version;
        ReadOnlySpan<byte> candidates = [flags, (byte)(flags | CopyRecord.IncompleteFlag), (byte)(flags & CopyRecord.IndexedFlag)];
        foreach (byte candidate in candidates)
        {
            work[1] = candidate;
            CopyRecordFault fault = CopyRecord.Read(work, out source, out ReadOnlySpan<byte> found);
            if (fault == CopyRecordFault.LowerNames)
            {
                source.LowerNames = 0;
                fault = CopyRecord.FaultOf(source, found);
            }

            if (fault == CopyRecordFault.Path && mayLosePath && candidate == candidates[^1])
            {
                found = [];
                fault = CopyRecord.FaultOf(source, found);
            }

            if (fault == CopyRecordFault.None)
            {
                path = found.ToArray();
                return true;
            }
        }

        return false;
    }
}
