using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <summary>path_resolution(7): follows a path as one process.</summary>
internal sealed class PathWalk(ModelTree tree, ModelProcess process)
{
    private const int MostLinks = 40;
    private const int LongestName = 255;

    private int links;

    /// <summary>The path led out of the tree, which no model can say anything about.</summary>
    public bool Escaped { get; private set; }

    /// <summary>Follows a path. On success there is a place, though perhaps nothing in it.</summary>
    public Errno Resolve(string path, Ending ending, out Place place)
    {
        place = null!;
        if (path[0] != '%')
        {
            return Walk(tree.Root, path, ending, out place);
        }

        // As the worker says it: /proc/self/fd/N/rest.
        return process.Slots[path[1] - '0'] switch
        {
            null => Errno.ENOENT,
            { Inode: ModelDirectory start } => Walk(start, path[3..], ending, out place),
            _ => Errno.ENOTDIR,
        };
    }

    private Errno Walk(ModelDirectory start, string path, Ending ending, out Place place)
    {
        place = null!;
        if (path.StartsWith('/'))
        {
            Escaped = true;
            return Errno.ENOENT;
        }

        string[] names = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        bool slashes = path.EndsWith('/');
        ModelDirectory directory = start;
        for (int index = 0; index < names.Length; index++)
        {
            bool isLast = index == names.Length - 1;
            Errno error = Look(directory, names[index], out ModelInode? found);
            if (error != Errno.None)
            {
                return error;
            }

            if (isLast)
            {
                place = new Place(directory, names[index], found, slashes);
                return Finish(ending, ref place);
            }

            error = Enter(directory, found, isTrailing: false, out directory);
            if (error != Errno.None)
            {
                return error;
            }
        }

        return Errno.ENOENT;
    }

    private Errno Look(ModelDirectory directory, string name, out ModelInode? found)
    {
        found = null;
        if (!process.May(directory, 1))
        {
            return Errno.EACCES;
        }

        switch (name)
        {
            case ".":
                found = directory;
                return Errno.None;
            case ".." when directory == tree.Root:
                Escaped = true;
                return Errno.ENOENT;
            case "..":
                found = directory.Parent;
                return Errno.None;
            default:
                found = directory.Entries.GetValueOrDefault(name);
                return name.Length > LongestName && !directory.IsRemoved ? Errno.ENAMETOOLONG : Errno.None;
        }
    }

    // A part of the path that is not the last.
    private Errno Enter(ModelDirectory directory, ModelInode? found, bool isTrailing, out ModelDirectory entered)
    {
        entered = null!;
        if (found is { Kind: InodeKind.Symlink })
        {
            Errno error = Follow(directory, found, isTrailing, out Place place);
            if (error != Errno.None)
            {
                return error;
            }

            found = place.Inode;
        }

        entered = found as ModelDirectory ?? null!;
        return found is null ? Errno.ENOENT : entered is null ? Errno.ENOTDIR : Errno.None;
    }

    private Errno Finish(Ending ending, ref Place place)
    {
        if (ending == Ending.Name)
        {
            return Errno.None;
        }

        bool follows = ending == Ending.Follow || place.Slashes;
        bool slashes = place.Slashes;
        if (follows && place.Inode is { Kind: InodeKind.Symlink } link)
        {
            Errno error = Follow(place.Parent, link, isTrailing: true, out place);
            if (error != Errno.None)
            {
                return error;
            }

            place = place with { Slashes = slashes || place.Slashes };
        }

        return place.Slashes && place.Inode is { Directory: null } ? Errno.ENOTDIR : Errno.None;
    }

    private Errno Follow(ModelDirectory directory, ModelInode link, bool isTrailing, out Place place)
    {
        place = null!;
        if (++links > MostLinks)
        {
            return Errno.ELOOP;
        }

        // may_follow_link
        bool isPublic = (directory.Mode & 0x202) == 0x202;
        if (isTrailing && KernelRules.ProtectedSymlinks && isPublic && link.User != process.User && link.User != directory.User)
        {
            return Errno.EACCES;
        }

        return Walk(directory, link.Target, Ending.Follow, out place);
    }
}
