using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>All that a layer holds as text, marks, opaque flags and origins included: what "nothing was written" is judged by.</summary>
internal static class LayerDump
{
    public static string Of(FileSystem layer)
    {
        var text = new StringBuilder();
        Describe((LayerDirectory)layer.Root, "", text);
        return text.ToString();
    }

    /// <summary>The slots of one directory: <c>name</c>, <c>name!</c>, <c>name?</c>, sorted; <c>^</c> first when it is opaque.</summary>
    public static string Slots(LayerDirectory directory)
    {
        var sink = new Collector();
        Assert.Equal(Errno.None, directory.EnumerateSlots(0, sink));
        sink.Words.Sort(StringComparer.Ordinal);
        return (directory.IsOpaque ? "^ " : "") + string.Join(' ', sink.Words);
    }

    private static void Describe(LayerDirectory directory, string path, StringBuilder text)
    {
        byte[] origin = new byte[4096];
        Assert.Equal(Errno.None, directory.GetOrigin(origin, out OriginKind kind, out int length));
        text.AppendLine($"{path}/ {Times(directory)} {kind} {Encoding.UTF8.GetString(origin, 0, length)} {Slots(directory)}");
        var sink = new Collector();
        Assert.Equal(Errno.None, directory.EnumerateSlots(0, sink));
        foreach (string name in sink.Words.Where(word => word[^1] is not ('!' or '?')).Order(StringComparer.Ordinal))
        {
            Inode inode = directory.Lookup(Encoding.UTF8.GetBytes(name)).Value;
            if (inode is LayerDirectory child)
            {
                Describe(child, path + "/" + name, text);
            }
            else
            {
                text.AppendLine($"{path}/{name} {Times(inode)}");
            }

            inode.Release();
        }
    }

    private static string Times(Inode inode)
    {
        Assert.Equal(Errno.None, inode.GetAttributes(out Attributes a));
        return $"{a.Inode} {Convert.ToString(a.Mode, 8)} {a.UserId}:{a.GroupId} {a.LinkCount} {a.Size} {a.Flags} {a.AccessTime} {a.ModifyTime} {a.ChangeTime}";
    }

    private sealed class Collector : SlotSink
    {
        public List<string> Words { get; } = [];

        public override bool Add(ReadOnlySpan<byte> name, SlotKind slot, ulong inode, InodeKind kind, long nextCookie)
        {
            Words.Add(Encoding.UTF8.GetString(name) + slot switch { SlotKind.Whiteout => "!", SlotKind.Fallthru => "?", _ => "" });
            return true;
        }
    }
}
