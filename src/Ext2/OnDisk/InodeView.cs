using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>
/// An inode's bytes in its table, 128 or more. Fields behind the first 128 bytes are touched only where the volume's inodes are
/// large enough and i_extra_isize covers them; what is beyond belongs to extended attributes.
/// </summary>
public readonly ref struct InodeView
{
    private const int ChangeTimeExtraEnd = 136;
    private const int ModifyTimeExtraEnd = 140;
    private const int AccessTimeExtraEnd = 144;
    private const int BirthTimeEnd = 148;
    private const int BirthTimeExtraEnd = 152;

    /// <summary>Takes the bytes of one inode. Requires: at least 128.</summary>
    public InodeView(Span<byte> bytes)
    {
        Debug.Assert(bytes.Length >= RawInode.Bytes, "An inode has at least 128 bytes.");
        Bytes = bytes;
    }

    /// <summary>All bytes of the inode.</summary>
    public Span<byte> Bytes { get; }

    /// <summary>The first 128 bytes.</summary>
    public ref RawInode Raw => ref Unsafe.As<byte, RawInode>(ref MemoryMarshal.GetReference(Bytes));

    /// <summary>Bytes in use behind the first 128 (i_extra_isize), 0 where there is no room or the number stored is absurd.</summary>
    public int ExtraSize
    {
        get
        {
            if (Bytes.Length < RawInode.Bytes + RawInodeExtra.Bytes)
            {
                return 0;
            }

            int size = ExtraUnchecked.ExtraSize;
            return size >= 4 && size % 4 == 0 && RawInode.Bytes + size <= Bytes.Length ? size : 0;
        }
    }

    /// <summary>Where the extended attributes in the inode begin, counted from its first byte; the inode's length when there is no room.</summary>
    public int AttributesOffset => ExtraSize is int extra and > 0 ? RawInode.Bytes + extra : Bytes.Length;

    /// <summary>Owner.</summary>
    public uint UserId
    {
        get => Raw.UserIdLow | ((uint)Raw.UserIdHigh << 16);
        set
        {
            Raw.UserIdLow = (ushort)value;
            Raw.UserIdHigh = (ushort)(value >> 16);
        }
    }

    /// <summary>Group.</summary>
    public uint GroupId
    {
        get => Raw.GroupIdLow | ((uint)Raw.GroupIdHigh << 16);
        set
        {
            Raw.GroupIdLow = (ushort)value;
            Raw.GroupIdHigh = (ushort)(value >> 16);
        }
    }

    /// <summary>Bytes. Only a regular file has an upper half; i_size_high of others means something else (i_dir_acl).</summary>
    public long Size
    {
        get => Kind == InodeKind.File ? Raw.SizeLow | ((long)Raw.SizeHigh << 32) : Raw.SizeLow;
        set
        {
            Raw.SizeLow = (uint)value;
            if (Kind == InodeKind.File)
            {
                Raw.SizeHigh = (uint)(value >> 32);
            }
        }
    }

    /// <summary>What the inode is.</summary>
    public InodeKind Kind => ModeBits.KindOf(Raw.Mode);

    /// <summary>i_flags.</summary>
    public RawInodeFlags Flags
    {
        get => (RawInodeFlags)(uint)Raw.Flags;
        set => Raw.Flags = (uint)value;
    }

    /// <summary>Last access.</summary>
    public Timestamp AccessTime
    {
        get => Covers(AccessTimeExtraEnd) ? InodeTime.Read(Raw.AccessTime, ExtraUnchecked.AccessTimeExtra) : InodeTime.Read(Raw.AccessTime);
        set
        {
            bool extra = Covers(AccessTimeExtraEnd);
            Raw.AccessTime = InodeTime.SecondsWord(value, extra);
            if (extra)
            {
                ExtraUnchecked.AccessTimeExtra = InodeTime.ExtraWord(value);
            }
        }
    }

    /// <summary>Last change of content.</summary>
    public Timestamp ModifyTime
    {
        get => Covers(ModifyTimeExtraEnd) ? InodeTime.Read(Raw.ModifyTime, ExtraUnchecked.ModifyTimeExtra) : InodeTime.Read(Raw.ModifyTime);
        set
        {
            bool extra = Covers(ModifyTimeExtraEnd);
            Raw.ModifyTime = InodeTime.SecondsWord(value, extra);
            if (extra)
            {
                ExtraUnchecked.ModifyTimeExtra = InodeTime.ExtraWord(value);
            }
        }
    }

    /// <summary>Last change of the inode.</summary>
    public Timestamp ChangeTime
    {
        get => Covers(ChangeTimeExtraEnd) ? InodeTime.Read(Raw.ChangeTime, ExtraUnchecked.ChangeTimeExtra) : InodeTime.Read(Raw.ChangeTime);
        set
        {
            bool extra = Covers(ChangeTimeExtraEnd);
            Raw.ChangeTime = InodeTime.SecondsWord(value, extra);
            if (extra)
            {
                ExtraUnchecked.ChangeTimeExtra = InodeTime.ExtraWord(value);
            }
        }
    }

    /// <summary>Creation; zero where the inode has no room for it, and then setting it does nothing.</summary>
    public Timestamp BirthTime
    {
        get => !Covers(BirthTimeEnd) ? default
            : Covers(BirthTimeExtraEnd) ? InodeTime.Read(ExtraUnchecked.BirthTime, ExtraUnchecked.BirthTimeExtra)
            : InodeTime.Read(ExtraUnchecked.BirthTime);
        set
        {
            if (!Covers(BirthTimeEnd))
            {
                return;
            }

            bool extra = Covers(BirthTimeExtraEnd);
            ExtraUnchecked.BirthTime = InodeTime.SecondsWord(value, extra);
            if (extra)
            {
                ExtraUnchecked.BirthTimeExtra = InodeTime.ExtraWord(value);
            }
        }
    }

    /// <summary>
    /// Whether this is a fast symlink: its target lies in i_block, since it owns no block but perhaps one of attributes
    /// (kernel <c>ext2_inode_is_fast_symlink</c>).
    /// </summary>
    public bool IsFastSymlink(int blockBytes)
    {
        uint attributes = Raw.FileAcl != 0 ? (uint)blockBytes / 512 : 0;
        return Kind == InodeKind.Symlink && Raw.Blocks512 == attributes;
    }

    /// <summary>The bytes of i_block: the target of a fast symlink.</summary>
    public Span<byte> BlockBytes => Bytes.Slice(40, RawInode.BlockBytes);

    /// <summary>Clears all bytes and sets i_extra_isize of a new inode to as much as is known and fits.</summary>
    public void Initialize()
    {
        Bytes.Clear();
        if (Bytes.Length >= RawInode.Bytes + RawInodeExtra.Bytes)
        {
            ExtraUnchecked.ExtraSize = RawInodeExtra.Bytes;
        }
    }

    private ref RawInodeExtra ExtraUnchecked => ref Unsafe.As<byte, RawInodeExtra>(ref Unsafe.Add(ref MemoryMarshal.GetReference(Bytes), RawInode.Bytes));

    private bool Covers(int end) => RawInode.Bytes + ExtraSize >= end;
}
