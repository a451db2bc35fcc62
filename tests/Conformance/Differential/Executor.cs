using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>
/// Does a step on a target. Whatever the step itself must change in a file's or a directory's times is then set to the step's own time; what it must not
/// change (a parent when a file is copied up, a grandparent) is left, so that a change there is seen.
/// </summary>
internal static class Executor
{
    /// <summary>Does one step and answers what a program would have seen of it.</summary>
    public static string Apply(ITarget target, Operation step)
    {
        switch (step.Kind)
        {
            case OperationKind.List:
                return target.List(step.Path).TryGet(out List<string> names, out Errno listError) ? string.Join('|', names) : $"{listError}";
            case OperationKind.Read:
                return IsFile(target, step.Path) && target.Read(step.Path).TryGet(out byte[] content, out _)
                    ? Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(content), 0, 8)
                    : "no file";
            case OperationKind.Remount:
                target.Remount();
                return "done";
            case OperationKind.Compare:
                return target.Snapshot().ToString();
            case OperationKind.RemoveTree:
                return $"{RemoveTree(target, step, step.Path)}";
            case OperationKind.MakeMany:
                return Many(step, path => target.MakeFile(path, 0x1A4, []) is var error and not Errno.None ? error : target.SetTimes(path, step.Time), target);
            case OperationKind.RemoveMany:
                return Many(step, target.Unlink, target);
            default:
                return $"{Plain(target, step)}";
        }
    }

    private static Errno Plain(ITarget target, Operation step)
    {
        string path = step.Path, newPath = step.NewPath;
        return step.Kind switch
        {
            OperationKind.MakeFile => Then(target.MakeFile(path, step.Mode, step.Data), target, step, path, Parent(path)),
            OperationKind.MakeDirectory => Then(target.MakeDirectory(path, step.Mode), target, step, path, Parent(path)),
            OperationKind.MakeNode => Then(target.MakeNode(path, step.Mode, new DeviceNumber(step.User, step.Group)), target, step, path, Parent(path)),
            OperationKind.MakeSymlink => Then(target.MakeSymlink(path, step.Text), target, step, path, Parent(path)),
            OperationKind.Link => Then(target.Link(path, newPath), target, step, Parent(newPath)),
            OperationKind.Unlink => Then(target.Unlink(path), target, step, Parent(path)),
            OperationKind.RemoveDirectory => Then(target.RemoveDirectory(path), target, step, Parent(path)),
            OperationKind.Rename => Then(target.Rename(path, newPath, step.Flags), target, step, Parent(path), Parent(newPath)),
            OperationKind.Write => IfFile(target, step, () => target.Write(path, step.Offset, step.Data, truncate: false)),
            OperationKind.Append => IfFile(target, step, () => target.Write(path, -1, step.Data, truncate: false)),
            OperationKind.Overwrite => IfFile(target, step, () => target.Write(path, 0, step.Data, truncate: true)),
            OperationKind.Truncate => IfFile(target, step, () => target.Truncate(path, step.Offset)),
            OperationKind.ChangeMode => IsSymlink(target, path) ? Errno.EOPNOTSUPP : target.ChangeMode(path, step.Mode),
            OperationKind.ChangeOwner => target.ChangeOwner(path, step.User, step.Group),
            OperationKind.SetTimes => target.SetTimes(path, step.Time),
            OperationKind.SetXattr => target.SetXattr(path, step.Text, step.Data),
            OperationKind.RemoveXattr => target.RemoveXattr(path, step.Text),
            _ => throw new InvalidOperationException($"{step.Kind} is no single call"),
        };
    }

    private static Errno RemoveTree(ITarget target, Operation step, string path)
    {
        if (!target.KindOf(path).TryGet(out InodeKind kind, out Errno error))
        {
            return error;
        }

        if (kind != InodeKind.Directory)
        {
            return Then(target.Unlink(path), target, step, Parent(path));
        }

        if (!target.List(path).TryGet(out List<string> names, out error))
        {
            return error;
        }

        foreach (string name in names)
        {
            error = RemoveTree(target, step, path + "/" + name);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Then(target.RemoveDirectory(path), target, step, Parent(path));
    }

    private static string Many(Operation step, Func<string, Errno> call, ITarget target)
    {
        int failed = 0;
        for (int index = 0; index < step.Length; index++)
        {
            failed += call($"{step.Path}/many-{index}") == Errno.None ? 0 : 1;
        }

        return failed < step.Length ? $"{failed} failed, {Then(Errno.None, target, step, step.Path)}" : "all failed";
    }

    private static Errno IfFile(ITarget target, Operation step, Func<Errno> call) =>
        IsFile(target, step.Path) ? Then(call(), target, step, step.Path) : Errno.EINVAL;

    private static bool IsFile(ITarget target, string path) => target.KindOf(path).TryGet(out InodeKind kind, out _) && kind == InodeKind.File;

    private static bool IsSymlink(ITarget target, string path) => target.KindOf(path).TryGet(out InodeKind kind, out _) && kind == InodeKind.Symlink;

    private static Errno Then(Errno error, ITarget target, Operation step, params ReadOnlySpan<string> changed)
    {
        foreach (string path in changed)
        {
            if (error == Errno.None)
            {
                error = target.SetTimes(path, step.Time);
            }
        }

        return error;
    }

    private static string Parent(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";
}
