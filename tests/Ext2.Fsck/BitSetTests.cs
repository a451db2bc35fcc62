namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The bits that everything is counted in, against a plain list of booleans.</summary>
public sealed class BitSetTests
{
    private const int Length = 700_000;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ItIsWhatAListOfBooleansIs(int seed)
    {
        var random = new Random(seed);
        bool[] model = new bool[Length];
        var bits = new BitSet(Length);
        for (int i = 0; i < 3000; i++)
        {
            int start = random.Next(Length / 3);
            for (int bit = start; bit < start + random.Next(200); bit++)
            {
                Assert.Equal(!model[bit], bits.Add(bit));
                model[bit] = true;
            }
            int gone = random.Next(Length);
            bits.Remove(gone);
            model[gone] = false;
            int from = random.Next(Length - 9000);
            int length = 1 + random.Next(random.Next(9000));
            bool isClear = !model.AsSpan(from, length).Contains(true);
            Assert.Equal(isClear, bits.TryAddRange(from, length));
            model.AsSpan(from, isClear ? length : 0).Fill(true);
        }
        for (int i = 0; i < 200; i++)
        {
            int start = random.Next(Length);
            int count = random.Next(Math.Min(Length - start, 9000));
            Assert.Equal(model.AsSpan(start, count).Count(true), bits.Count(start, count));
            int clear = Array.IndexOf(model, false, start);
            Assert.Equal(clear, bits.FirstClear(start));
            byte[] copied = new byte[(count / 8) + 8];
            bits.CopyTo(start, count, copied);
            for (int bit = 0; bit < copied.Length * 8; bit++)
            {
                Assert.Equal(bit < count && model[start + bit], (copied[bit >> 3] >> (bit & 7) & 1) != 0);
            }
        }
    }
}
