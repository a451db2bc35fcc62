using System.Buffers.Binary;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Unions;

/// <summary>
/// The value of <c>trusted.ext2u.copy</c>: what an object of a top is a copy of (docs/FORMAT.md, "Copies"). A complete copy without a path takes
/// 20 bytes, an incomplete one 60, which is what the rest of an inode of 256 bytes has room for.
/// </summary>
public static class CopyRecord
{
    /// <summary>Bytes of a complete copy's record without a path.</summary>
    public const int CompleteBytes = 20;

    /// <summary>Bytes of an incomplete copy's record without a path.</summary>
    public const int IncompleteBytes = 60;

    /// <summary>Longest path: PATH_MAX without the final zero.</summary>
    public const int MaximumPathBytes = 4095;

    /// <summary>Longest record.</summary>
    public const int MaximumBytes = IncompleteBytes + MaximumPathBytes;

    /// <summary>Largest number of a lower.</summary>
    public const ushort MaximumLayer = 32766;

    internal const byte Version = 1;
    internal const byte IndexedFlag = 1;
    internal const byte IncompleteFlag = 2;
    private const uint NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Bytes that <see cref="Write"/> takes.</summary>
    public static int BytesOf(in CopySource source, int pathBytes) => (source.IsIncomplete ? IncompleteBytes : CompleteBytes) + pathBytes;

    /// <summary>Writes a record that <see cref="FaultOf"/> finds sound; answers its length.</summary>
    public static int Write(in CopySource source, ReadOnlySpan<byte> path, Span<byte> value)
    {
        value[0] = Version;
        value[1] = (byte)((source.IsIndexed ? IndexedFlag : 0) | (source.IsIncomplete ? IncompleteFlag : 0));
        BinaryPrimitives.WriteUInt16LittleEndian(value[2..], source.Layer);
        BinaryPrimitives.WriteUInt32LittleEndian(value[4..], source.Generation);
        BinaryPrimitives.WriteUInt64LittleEndian(value[8..], source.Inode);
        BinaryPrimitives.WriteUInt32LittleEndian(value[16..], source.LowerNames);
        int end = CompleteBytes;
        if (source.IsIncomplete)
        {
            BinaryPrimitives.WriteInt64LittleEndian(value[20..], source.Remainder);
            BinaryPrimitives.WriteInt64LittleEndian(value[28..], source.Size);
            BinaryPrimitives.WriteInt64LittleEndian(value[36..], source.ModifyTime.Seconds);
            BinaryPrimitives.WriteInt64LittleEndian(value[44..], source.ChangeTime.Seconds);
            BinaryPrimitives.WriteUInt32LittleEndian(value[52..], source.ModifyTime.Nanoseconds);
            BinaryPrimitives.WriteUInt32LittleEndian(value[56..], source.ChangeTime.Nanoseconds);
            end = IncompleteBytes;
        }

        path.CopyTo(value[end..]);
        return end + path.Length;
    }

    /// <summary>Reads a record. What is wrong with it, if anything; source and path count only where nothing is.</summary>
    public static CopyRecordFault Read(ReadOnlySpan<byte> value, out CopySource source, out ReadOnlySpan<byte> path)
    {
        source = default;
        path = default;
        if (value.Length < CompleteBytes)
        {
            return CopyRecordFault.Length;
        }

        if (value[0] != Version)
        {
            return CopyRecordFault.Version;
        }

        byte flags = value[1];
        bool isIncomplete = (flags & IncompleteFlag) != 0;
        if ((flags & ~(IndexedFlag | IncompleteFlag)) != 0)
        {
            return CopyRecordFault.Flags;
        }

        if (isIncomplete && value.Length < IncompleteBytes)
        {
            return CopyRecordFault.Length;
        }

        source.IsIndexed = (flags & IndexedFlag) != 0;
        source.Layer = BinaryPrimitives.ReadUInt16LittleEndian(value[2..]);
        source.Generation = BinaryPrimitives.ReadUInt32LittleEndian(value[4..]);
        source.Inode = BinaryPrimitives.ReadUInt64LittleEndian(value[8..]);
        source.LowerNames = BinaryPrimitives.ReadUInt32LittleEndian(value[16..]);
        path = value[CompleteBytes..];
        if (isIncomplete)
        {
            path = value[IncompleteBytes..];
            ReadIncomplete(value, ref source);
            if (source.Remainder < 1)
            {
                return CopyRecordFault.Remainder;
            }
        }

        return FaultOf(source, path);
    }

    /// <summary>What would make a record of these unsound, whatever inode it belongs to.</summary>
    public static CopyRecordFault FaultOf(in CopySource source, ReadOnlySpan<byte> path)
    {
        if (source.Layer is 0 or > MaximumLayer)
        {
            return CopyRecordFault.Layer;
        }

        if (source.Inode == 0)
        {
            return CopyRecordFault.SourceInode;
        }

        if (source.LowerNames != 0 && !source.IsIndexed)
        {
            return CopyRecordFault.LowerNames;
        }

        if (source.Size < 0)
        {
            return CopyRecordFault.SourceSize;
        }

        // A complete copy's size and times are not stored, so they may say anything.
        if (source.Remainder < 0 || (source.IsIncomplete && source.Remainder > source.Size))
        {
            return CopyRecordFault.Remainder;
        }

        bool isTime = source.ModifyTime.Nanoseconds < NanosecondsPerSecond && source.ChangeTime.Nanoseconds < NanosecondsPerSecond;
        return source.IsIncomplete && !isTime ? CopyRecordFault.Time
            : IsPath(path) ? CopyRecordFault.None
            : CopyRecordFault.Path;
    }

    /// <summary>What is wrong with a sound record for an inode of this kind and size.</summary>
    public static CopyRecordFault FaultFor(in CopySource source, InodeKind kind, long size) =>
        source.IsIncomplete && kind != InodeKind.File ? CopyRecordFault.IncompleteKind
        : source.IsIndexed && kind == InodeKind.Directory ? CopyRecordFault.IndexedKind
        : source.Remainder > size && source.IsIncomplete ? CopyRecordFault.RemainderBeyondEnd
        : CopyRecordFault.None;

    private static void ReadIncomplete(ReadOnlySpan<byte> value, ref CopySource source)
    {
        source.Remainder = BinaryPrimitives.ReadInt64LittleEndian(value[20..]);
        source.Size = BinaryPrimitives.ReadInt64LittleEndian(value[28..]);
        source.ModifyTime = new Timestamp(BinaryPrimitives.ReadInt64LittleEndian(value[36..]), BinaryPrimitives.ReadUInt32LittleEndian(value[52..]));
        source.ChangeTime = new Timestamp(BinaryPrimitives.ReadInt64LittleEndian(value[44..]), BinaryPrimitives.ReadUInt32LittleEndian(value[56..]));
    }

    private static bool IsPath(ReadOnlySpan<byte> path)
    {
        if (path.IsEmpty)
        {
            return true;
        }

        if (path.Length > MaximumPathBytes || path.Contains((byte)0))
        {
            return false;
        }

        foreach (Range range in path.Split((byte)'/'))
        {
            if (path[range] is [] or [(byte)'.'] or [(byte)'.', (byte)'.'])
            {
                return false;
            }
        }

        return true;
    }
}
