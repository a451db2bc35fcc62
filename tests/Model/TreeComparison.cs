using Ext2Union.Model.Tests.Calls;
using Ext2Union.Model.Tests.Tree;
using Ext2Union.Model.Tests.Workers;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests;

/// <summary>Compares all that can be seen of a mount with the model, by calls of the superuser.</summary>
internal static class TreeComparison
{
    /// <summary>Whether an object has the same number after a remount.</summary>
    public const bool NumbersAreKept = true;

    /// <summary>Whether lower files with several names stay one file over a copy-up and a remount.</summary>
    public const bool LinksAreKept = true;

    private const int MostBytes = 1 << 20;

    // A place that no call of a run uses.
    private const int OwnSlot = ModelProcess.SlotCount;

    /// <summary>What differs, or null.</summary>
    public static string? Compare(ModelCalls model, Crew crew)
    {
        var numbers = new Dictionary<ulong, ModelInode>();
        foreach ((string path, ModelInode inode) in model.Tree.Walk().Prepend((".", model.Tree.Root)))
        {
            string? fault = CompareObject(model, crew, path, inode);
            if (fault is not null)
            {
                return $"{Shown(path)}: {fault}";
            }

            if (!numbers.TryAdd(inode.Number!.Value, inode) && numbers[inode.Number.Value] != inode)
            {
                return $"{Shown(path)}: has number {inode.Number}, as another object";
            }
        }

        return null;
    }

    /// <summary>The next look tells the numbers.</summary>
    public static void ForgetNumbers(ModelTree tree)
    {
        foreach (ModelInode inode in tree.Walk().Select(entry => entry.Inode).Prepend(tree.Root))
        {
            inode.Number = null;
        }
    }

    /// <summary>An image is made from a directory: its objects were changed (ctime) when it was made.</summary>
    public static void ForgetWhatImagesLose(ModelTree tree)
    {
        foreach (ModelInode inode in tree.Walk().Select(entry => entry.Inode).Prepend(tree.Root))
        {
            inode.ChangeTime.Forget();
        }
    }

    private static string? CompareObject(ModelCalls model, Crew crew, string path, ModelInode inode)
    {
        Answer stat = crew.Do(new Call(CallKind.Stat) { Path = path });
        if (stat.Error != Errno.None)
        {
            return $"stat: {stat.Error}";
        }

        return model.Look(inode, Status.Parse(stat.Text)) ?? CompareXattrs(crew, path, inode) ?? inode switch
        {
            ModelDirectory directory => CompareNames(crew, path, directory),
            { Kind: InodeKind.Symlink } => Same("target", inode.Target, crew.Do(new Call(CallKind.ReadLink) { Path = path })),
            { Kind: InodeKind.File } => CompareContent(crew, path, inode.Content),
            _ => null,
        };
    }

    private static string? CompareNames(Crew crew, string path, ModelDirectory directory)
    {
        Answer answer = crew.Do(new Call(CallKind.List) { Path = path });
        return answer.Error != Errno.None ? $"list: {answer.Error}" : ModelCalls.LookAtNames(directory, answer.Text);
    }

    private static string? CompareXattrs(Crew crew, string path, ModelInode inode)
    {
        string? fault = Same("attributes", string.Join(',', inode.Xattrs.Keys), crew.Do(new Call(CallKind.ListXattrs) { Path = path }));
        foreach ((string name, string value) in inode.Xattrs)
        {
            fault ??= Same(name, value, crew.Do(new Call(CallKind.GetXattr) { Path = path, Text = name }));
        }

        return fault;
    }

    private static string? CompareContent(Crew crew, string path, ModelContent content)
    {
        Answer open = crew.Do(new Call(CallKind.Open) { Path = path, Slot = OwnSlot });
        if (open.Error != Errno.None)
        {
            return $"open: {open.Error}";
        }

        byte[] expected = content.Read(0, MostBytes);
        Answer read = crew.Do(new Call(CallKind.ReadAt) { Slot = OwnSlot, B = MostBytes });
        string? fault = read.Error != Errno.None ? $"read: {read.Error}"
            : read.Value != expected.Length ? $"{read.Value} bytes, not {expected.Length}"
            : Answer.Hash(expected).ToString() != read.Text ? "other content; " + FirstDifference(crew, expected)
            : null;
        _ = crew.Do(new Call(CallKind.Close) { Slot = OwnSlot });
        return fault;
    }

    private static string FirstDifference(Crew crew, byte[] expected)
    {
        const int Step = 512;
        for (int offset = 0; offset < expected.Length; offset += Step)
        {
            byte[] part = expected[offset..Math.Min(offset + Step, expected.Length)];
            if (crew.Do(new Call(CallKind.ReadAt) { Slot = OwnSlot, A = offset, B = Step }).Text != Answer.Hash(part).ToString())
            {
                bool isZero = crew.Do(new Call(CallKind.ReadAt) { Slot = OwnSlot, A = offset, B = part.Length }).Text == Answer.Hash(new byte[part.Length]).ToString();
                return $"first in the {Step} bytes at {offset}" + (isZero ? ", which are zeros" : "");
            }
        }

        return "which went when looked at again";
    }

    private static string? Same(string what, string expected, Answer answer) =>
        answer.Error != Errno.None ? $"{what}: {answer.Error}" : answer.Text != expected ? $"{what} '{answer.Text}', not '{expected}'" : null;

    private static string Shown(string path) => path.Replace(new string('n', 255), "{255}", StringComparison.Ordinal);
}
