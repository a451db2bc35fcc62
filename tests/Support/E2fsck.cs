using System.Buffers.Binary;
using Xunit;

namespace Ext2Union.Tests.Support;

/// <summary>Stock e2fsck as the judge of our images.</summary>
public static class E2fsck
{
    private const string Tool = "/sbin/e2fsck";
    private const int SuperblockOffset = 1024;
    private const uint MarkFeatures = 0x0020 | 0x0800;

    /// <summary>Fails unless <c>e2fsck -fn</c> finds nothing at all to say against the image.</summary>
    public static void AssertClean(string image)
    {
        ProcessResult result = ProcessRunner.Run(Tool, "-fn", image);
        if (result.ExitCode != 0 || result.Output.Contains("? no", StringComparison.Ordinal))
        {
            Assert.Fail(result.ToString());
        }
    }

    /// <summary>The same for an image that may hold union marks: on a copy with our two feature bits cleared.</summary>
    public static void AssertCleanWithoutMarks(string image)
    {
        string copy = image + ".without-marks";
        try
        {
            _ = ProcessRunner.Check("/bin/cp", "--sparse=always", "--reflink=auto", image, copy);
            ClearMarkFeatures(copy);
            AssertClean(copy);
        }
        finally
        {
            File.Delete(copy);
        }
    }

    /// <summary>Whether the primary superblock has one of our feature bits.</summary>
    public static bool HasMarkFeatures(string image)
    {
        byte[] superblock = new byte[1024];
        using FileStream file = File.OpenRead(image);
        file.Position = SuperblockOffset;
        file.ReadExactly(superblock);
        return (U32(superblock, 96) & MarkFeatures) != 0;
    }

    /// <summary>Clears our feature bits in the primary superblock and in every backup.</summary>
    public static void ClearMarkFeatures(string image)
    {
        using FileStream file = File.Open(image, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        byte[] superblock = new byte[1024];
        file.Position = SuperblockOffset;
        file.ReadExactly(superblock);
        // 64 KiB is the largest there is; a damaged number would shift the block away.
        long blockBytes = 1024L << (int)Math.Min(U32(superblock, 24), 6);
        uint firstDataBlock = U32(superblock, 20), blocksPerGroup = U32(superblock, 32), blocks = U32(superblock, 4);
        ClearAt(file, SuperblockOffset, superblock);
        // A damaged superblock may count more blocks than there are, or none in a group.
        long last = Math.Min(blocks, (file.Length / blockBytes) - 1);
        for (long start = firstDataBlock + (long)blocksPerGroup; start < last && blocksPerGroup > 0; start += blocksPerGroup)
        {
            ClearAt(file, start * blockBytes, superblock);
        }
    }

    // A group without a backup has something else there: only what carries the magic number is touched.
    private static void ClearAt(FileStream file, long offset, byte[] superblock)
    {
        file.Position = offset;
        file.ReadExactly(superblock);
        if (BinaryPrimitives.ReadUInt16LittleEndian(superblock.AsSpan(56)) == 0xEF53 && (U32(superblock, 96) & MarkFeatures) != 0)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(superblock.AsSpan(96), U32(superblock, 96) & ~MarkFeatures);
            file.Position = offset;
            file.Write(superblock);
        }
    }

    private static uint U32(byte[] superblock, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(superblock.AsSpan(offset));
}
