using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk;

/// <summary>Structures seen in place over the bytes of a block.</summary>
public static class Overlay
{
    /// <summary>The superblock in its 1024 bytes.</summary>
    public static ref Superblock Superblock(Span<byte> bytes) => ref MemoryMarshal.AsRef<Superblock>(bytes[..OnDisk.Superblock.Bytes]);

    /// <summary>The superblock in its 1024 bytes, read only.</summary>
    public static ref readonly Superblock ReadSuperblock(ReadOnlySpan<byte> bytes) =>
        ref MemoryMarshal.AsRef<Superblock>(bytes[..OnDisk.Superblock.Bytes]);

    /// <summary>The group descriptor at an index of a descriptor block.</summary>
    public static ref GroupDescriptor Descriptor(Span<byte> block, int index) =>
        ref MemoryMarshal.AsRef<GroupDescriptor>(block.Slice(index * GroupDescriptor.Bytes, GroupDescriptor.Bytes));

    /// <summary>The block numbers of an indirect block.</summary>
    public static Span<Le32> Pointers(Span<byte> block) => MemoryMarshal.Cast<byte, Le32>(block);

    /// <summary>The block numbers of an indirect block, read only.</summary>
    public static ReadOnlySpan<Le32> ReadPointers(ReadOnlySpan<byte> block) => MemoryMarshal.Cast<byte, Le32>(block);

    /// <summary>The bytes of a structure, for writing it somewhere.</summary>
    public static Span<byte> BytesOf<T>(ref T structure)
        where T : unmanaged => MemoryMarshal.AsBytes(new Span<T>(ref structure));
}
