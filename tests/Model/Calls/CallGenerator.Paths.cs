using Ext2Union.Model.Tests.Tree;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Calls;

/// <content>Paths: few names, so that they meet.</content>
internal sealed partial class CallGenerator
{
    private const int DeepestDirectory = 4;

    private static readonly string[] Letters = ["a", "b", "c", "d", "e", "f"];

    private int PickSlot(ModelProcess process, bool isForNew)
    {
        int[] used = [.. Enumerable.Range(0, ModelProcess.SlotCount).Where(slot => process.Slots[slot] is null == isForNew)];
        return used.Length > 0 && Chance(92) ? used[random.Next(used.Length)] : random.Next(ModelProcess.SlotCount);
    }

    // A path to something that is there (so often in a hundred, of this kind if it is named), or to a name in some directory.
    private string PickPath(ModelProcess process, int thereOfHundred, InodeKind kind = InodeKind.Unknown)
    {
        (string Path, ModelInode Inode)[] fitting = kind == InodeKind.Unknown || Chance(10) ? objects : [.. objects.Where(entry => entry.Inode.Kind == kind)];
        string path = fitting.Length > 0 && Chance(thereOfHundred)
            ? fitting[random.Next(fitting.Length)].Path
            : $"{PickDirectory()}{PickName()}";
        return Decorate(process, Compact(path.TrimStart('/')), path);
    }

    private string PickDirectory()
    {
        string[] directories = [.. objects.Where(entry => entry.Inode.Directory is not null && entry.Path.Count(unit => unit == '/') < DeepestDirectory - 1)
            .Select(entry => entry.Path + "/")];
        return directories.Length == 0 || Chance(20) ? "" : directories[random.Next(directories.Length)];
    }

    private string PickName() => Chance(2) ? "{256}" : Chance(3) ? "{255}" : Letters[random.Next(Letters.Length)];

    private string Decorate(ModelProcess process, string compact, string path)
    {
        int[] directories = [.. Enumerable.Range(0, ModelProcess.SlotCount).Where(slot => process.Slots[slot]?.Inode is ModelDirectory)];
        int choice = random.Next(100);
        return choice switch
        {
            < 3 => compact + "/",
            3 => "./" + compact.Replace("/", "//", StringComparison.Ordinal),
            4 => ".",
            5 when path.Contains('/', StringComparison.Ordinal) => $"{compact[..compact.IndexOf('/', StringComparison.Ordinal)]}/../{compact}",
            6 => compact + "/.",
            7 when path.Contains('/', StringComparison.Ordinal) => compact + "/..",
            8 => $"{compact}/{PickName()}",
            < 15 when directories.Length > 0 => FromSlot(process, directories[random.Next(directories.Length)]),
            _ => compact,
        };
    }

    private string FromSlot(ModelProcess process, int slot)
    {
        var directory = (ModelDirectory)process.Slots[slot]!.Inode;
        string[] names = [.. directory.Entries.Keys];
        return $"%{slot}/{(names.Length > 0 && Chance(60) ? Compact(names[random.Next(names.Length)]) : PickName())}";
    }

    private string PickTarget() => random.Next(6) switch
    {
        0 => "../" + PickName(),
        1 => $"{PickName()}/{PickName()}",
        2 => "./" + PickName(),
        3 when objects.Length > 0 => Compact(objects[random.Next(objects.Length)].Path),
        _ => Letters[random.Next(Letters.Length)],
    };

    private static string Compact(string path) => path.Replace(new string('n', 256), "{256}", StringComparison.Ordinal).Replace(new string('n', 255), "{255}", StringComparison.Ordinal);
}
