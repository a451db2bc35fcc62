using System.Text;

namespace Ext2Union.Linux.Mounting;

/// <summary>The mounts that this process sees.</summary>
public static class MountTable
{
    /// <summary>The mount that is visible at a mount point, which is the last one there; null when nothing is mounted there.</summary>
    public static MountEntry? At(string target)
    {
        MountEntry? found = null;
        foreach (string line in File.ReadLines("/proc/self/mountinfo", Encoding.Latin1))
        {
            if (Parse(line) is { } entry && entry.Target == target)
            {
                found = entry;
            }
        }

        return found;
    }

    /// <summary>Reads one line; null when it is none.</summary>
    public static MountEntry? Parse(string line)
    {
        string[] fields = line.Split(' ');
        int dash = Array.IndexOf(fields, "-");
        return fields.Length < 10 || dash < 6 || dash + 2 >= fields.Length || !int.TryParse(fields[0], out int id)
            ? null
            : new MountEntry(id, fields[2], Unescape(fields[4]), fields[5] + "," + fields[^1], fields[dash + 1], Unescape(fields[dash + 2]));
    }

    // The kernel writes blank, tab, line feed and backslash as octal \040 \011 \012 \134; the bytes are those of the path.
    private static string Unescape(string field)
    {
        byte[] bytes = new byte[field.Length];
        int count = 0;
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length)
            {
                bytes[count++] = (byte)(((field[i + 1] - '0') << 6) | ((field[i + 2] - '0') << 3) | (field[i + 3] - '0'));
                i += 3;
            }
            else
            {
                bytes[count++] = (byte)field[i];
            }
        }

        return Encoding.UTF8.GetString(bytes, 0, count);
    }
}
