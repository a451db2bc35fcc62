using System.Runtime.InteropServices;

namespace Ext2Union.Linux.Memory;

/// <summary>Memory that comes from the kernel and really goes back to it, which an allocator in between does not promise.</summary>
public static unsafe partial class AnonymousMemory
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int DontNeed = 4;

    /// <summary>Maps zeroed memory, aligned to pages; null when the kernel refuses.</summary>
    public static byte* Map(nint bytes)
    {
        void* memory = MapMemory(null, bytes, ReadWrite, PrivateAnonymous, -1, 0);
        return (nint)memory == -1 ? null : (byte*)memory;
    }

    /// <summary>Gives a mapping back.</summary>
    public static void Unmap(byte* memory, nint bytes) => _ = UnmapMemory(memory, bytes);

    /// <summary>Gives whole pages of a mapping back; they read as zeros from now on.</summary>
    public static void Discard(byte* memory, nint bytes) => _ = AdviseMemory(memory, bytes, DontNeed);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial void* MapMemory(void* address, nint bytes, int protection, int flags, int descriptor, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int UnmapMemory(void* address, nint bytes);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int AdviseMemory(void* address, nint bytes, int advice);
}
