using System.Runtime.InteropServices;
using Ext2Union.Linux.Descriptors;

namespace Ext2Union.Linux.Processes;

/// <summary>
/// Descriptors 0 to 2 of a program whose caller closed some of them, as <c>fsck -A</c> closes 0. The runtime's start has then given the number to one
/// of its own files, and what is written to standard output would go there, or into an image that was opened under that number.
/// </summary>
public static unsafe partial class StandardDescriptors
{
    /// <summary>
    /// Returns when all three are the caller's. Otherwise the program is executed anew with /dev/null in their places; when that fails, this returns
    /// too, and nothing is worse than before. Call it first of all.
    /// </summary>
    public static void Ensure()
    {
        bool isComplete = true;
        for (int descriptor = 0; descriptor < 3; descriptor++)
        {
            isComplete &= DescriptorCalls.IsInherited(descriptor);
        }
        if (!isComplete && DescriptorCalls.Open("/dev/null", DescriptorCalls.ReadWrite).TryGet(out int nothing, out _))
        {
            Replace(nothing);
        }
    }

    private static void Replace(int nothing)
    {
        byte[] arguments = File.ReadAllBytes("/proc/self/cmdline");
        byte[] environment = File.ReadAllBytes("/proc/self/environ");
        for (int descriptor = 0; descriptor < 3; descriptor++)
        {
            // This takes from the runtime what it holds under that number; it has no use for it before the next line ends it.
            _ = DescriptorCalls.IsInherited(descriptor) ? 0 : Duplicate(nothing, descriptor);
        }
        fixed (byte* argumentBytes = arguments, environmentBytes = environment)
        {
            byte** argumentPointers = Pointers(argumentBytes, arguments);
            byte** environmentPointers = Pointers(environmentBytes, environment);
            _ = Execute("/proc/self/exe", argumentPointers, environmentPointers);
            NativeMemory.Free(argumentPointers);
            NativeMemory.Free(environmentPointers);
        }
    }

    // Strings that end in zero bytes, one behind the other, as /proc shows them.
    private static byte** Pointers(byte* start, ReadOnlySpan<byte> strings)
    {
        byte** pointers = (byte**)NativeMemory.Alloc((nuint)((strings.Count((byte)0) + 1) * sizeof(byte*)));
        int count = 0;
        for (int at = 0, length; (length = strings[at..].IndexOf((byte)0)) >= 0; at += length + 1)
        {
            pointers[count++] = start + at;
        }
        pointers[count] = null;
        return pointers;
    }

    [LibraryImport("libc", EntryPoint = "dup2")]
    private static partial int Duplicate(int descriptor, int number);

    [LibraryImport("libc", EntryPoint = "execve", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string path, byte** arguments, byte** environment);
}
