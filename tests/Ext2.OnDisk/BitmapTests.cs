
namespace Ext2Union.Ext2.OnDisk.Tests;

public class BitmapTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void ScansAgreeWithALookAtEveryBit(int seed)
    {
        var random = new Random(seed);
        byte[] bytes = new byte[1024];
        bool[] model = new bool[8000];
        var bitmap = new Bitmap(bytes, model.Length);
        for (int round = 0; round < 200; round++)
        {
            int from = random.Next(model.Length);
            int count = Math.Min(random.Next(1, 400), model.Length - from);
            bool set = random.Next(3) > 0;
            if (set)
            {
                bitmap.SetRange(from, count);
            }
            else
            {
                bitmap.ClearRange(from, count);
            }

            Array.Fill(model, set, from, count);
            int start = random.Next(model.Length);
            int end = random.Next(start, model.Length + 1);
            Assert.Equal(Find(model, false, start, end), bitmap.FirstClear(start, end));
            Assert.Equal(Find(model, true, start, end), bitmap.FirstSet(start, end));
            int run = Find(model, true, start, model.Length);
            Assert.Equal(Math.Min((run < 0 ? model.Length : run) - start, 100), bitmap.ClearRun(start, 100));
            Assert.Equal(model.Count(bit => !bit), bitmap.CountClear());
            Assert.Equal(model[start], bitmap[start]);
            int aligned = bitmap.FirstClearByte(start, end);
            Assert.True(aligned < 0 || (aligned >= start && bitmap.ClearRun(aligned, 8) == 8));
        }
    }

    [Fact]
    public void PaddingIsOnesAndNothingElse()
    {
        byte[] bytes = new byte[1024];
        new Bitmap(bytes, 8001).SetPadding();
        var whole = new Bitmap(bytes, 8192);
        Assert.Equal(8001, whole.FirstSet(0, 8192));
        Assert.Equal(8001, whole.CountClear());
    }

    private static int Find(bool[] model, bool wanted, int from, int end)
    {
        int found = from < end ? Array.IndexOf(model, wanted, from, end - from) : -1;
        return found;
    }
}
