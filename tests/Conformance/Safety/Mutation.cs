using Ext2Union.BlockDevices;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Safety;

/// <summary>Seeded damage to an image: single fields of structures in use get values that a torn write, a bad cable or an enemy would leave.</summary>
internal static class Mutation
{
    private const int WordBytes = 4;

    /// <summary>Offsets of all words of a volume that are not zero: where its structures are.</summary>
    public static List<long> WordsInUse(BlockDevice device)
    {
        var words = new List<long>();
        byte[] block = new byte[1024];
        for (long offset = 0; offset + block.Length <= device.Length; offset += block.Length)
        {
            Assert.Equal(Errno.None, device.Read(offset, block));
            for (int at = 0; at < block.Length; at += WordBytes)
            {
                if (block.AsSpan(at, WordBytes).ContainsAnyExcept((byte)0))
                {
                    words.Add(offset + at);
                }
            }
        }

        return words;
    }

    /// <summary>Damages 1 to 8 words of a copy.</summary>
    public static MemoryBlockDevice Damage(MemoryBlockDevice whole, List<long> words, int seed)
    {
        var random = new Random(seed);
        MemoryBlockDevice device = whole.Clone();
        Span<byte> word = stackalloc byte[WordBytes];
        for (int left = random.Next(1, 9); left > 0; left--)
        {
            // One in eight hits superblock or descriptors, which are small beside the rest.
            long offset = random.Next(8) == 0 ? 1024 + (random.Next(400) * WordBytes) : words[random.Next(words.Count)];
            Assert.Equal(Errno.None, device.Read(offset, word));
            switch (random.Next(7))
            {
                case 0:
                    word[random.Next(WordBytes)] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    random.NextBytes(word);
                    break;
                case 2:
                    word.Clear();
                    break;
                case 3:
                    word.Fill(0xFF);
                    break;
                case 4:
                    Assert.Equal(Errno.None, device.Read(words[random.Next(words.Count)], word));
                    break;
                case 5:
                    word[random.Next(WordBytes)] = (byte)random.Next(256);
                    break;
                default:
                    BitConverter.TryWriteBytes(word, random.Next(1, 5000));
                    break;
            }

            Assert.Equal(Errno.None, device.Write(offset, word));
        }

        return device;
    }
}
