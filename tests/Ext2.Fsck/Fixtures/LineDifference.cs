using System.Text;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Two texts, line by line: what is in both, what only in the first (-), what only in the second (+).</summary>
internal static class LineDifference
{
    public static string Of(string first, string second)
    {
        string[] left = first.TrimEnd('\n').Split('\n');
        string[] right = second.TrimEnd('\n').Split('\n');
        int[,] common = Common(left, right);
        var text = new StringBuilder();
        int i = 0, j = 0;
        while (i < left.Length || j < right.Length)
        {
            if (i < left.Length && j < right.Length && left[i] == right[j])
            {
                text.Append("  ").AppendLine(left[i++]);
                j++;
            }
            else if (j == right.Length || (i < left.Length && common[i + 1, j] >= common[i, j + 1]))
            {
                text.Append("- ").AppendLine(left[i++]);
            }
            else
            {
                text.Append("+ ").AppendLine(right[j++]);
            }
        }
        return text.ToString();
    }

    // Lines in common of what is left from (i, j) on.
    private static int[,] Common(string[] left, string[] right)
    {
        int[,] common = new int[left.Length + 1, right.Length + 1];
        for (int i = left.Length - 1; i >= 0; i--)
        {
            for (int j = right.Length - 1; j >= 0; j--)
            {
                common[i, j] = left[i] == right[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }
        return common;
    }
}
