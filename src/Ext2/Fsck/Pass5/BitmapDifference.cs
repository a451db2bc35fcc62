using System.Globalization;
using System.Text;

namespace Ext2Union.Ext2.Fsck;

/// <summary>Differences of a bitmap as ranges: +N in use but marked free, -N marked but not in use. Long lists are cut.</summary>
internal sealed class BitmapDifference
{
    private const int ShownRanges = 16;
    private readonly StringBuilder text = new();
    private int ranges;
    private long start = -1;
    private long end;
    private char sign;

    public bool IsEmpty => start < 0 && ranges == 0;

    public void Add(long number, bool isUsed)
    {
        char what = isUsed ? '+' : '-';
        if (start >= 0 && number == end + 1 && what == sign)
        {
            end = number;
            return;
        }
        Close();
        (start, end, sign) = (number, number, what);
    }

    public override string ToString()
    {
        Close();
        return text.ToString().TrimStart();
    }

    private void Close()
    {
        if (start < 0)
        {
            return;
        }
        if (++ranges <= ShownRanges)
        {
            string range = start == end
                ? start.ToString(CultureInfo.InvariantCulture)
                : string.Create(CultureInfo.InvariantCulture, $"({start}--{end})");
            _ = text.Append(' ').Append(sign).Append(range);
        }
        else if (ranges == ShownRanges + 1)
        {
            _ = text.Append(" ...");
        }
        start = -1;
    }
}
