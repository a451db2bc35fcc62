using System.Globalization;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <content>Listing of directories.</content>
internal sealed partial class ModelCalls
{
    /// <summary>Compares a listing ("name type number" for each name, sorted) with a directory.</summary>
    public static string? LookAtNames(ModelDirectory directory, string listing)
    {
        var faults = new List<string>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in listing.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(' ');
            (string name, var kind) = (parts[0], (InodeKind)int.Parse(parts[1], CultureInfo.InvariantCulture));
            ulong number = ulong.Parse(parts[2], CultureInfo.InvariantCulture);
            if (!names.Add(name))
            {
                faults.Add($"{name} listed twice");
            }
            else if (!directory.Entries.TryGetValue(name, out ModelInode? inode))
            {
                faults.Add($"{name} listed");
            }
            else if (kind != inode.Kind || number != (inode.Number ??= number))
            {
                faults.Add($"{name} listed as {kind} {number}, not {inode.Kind} {inode.Number}");
            }
        }

        faults.AddRange(directory.Entries.Keys.Where(name => !names.Contains(name)).Select(name => $"{name} not listed"));
        return faults.Count == 0 ? null : string.Join("; ", faults);
    }

    private Prediction List(ModelProcess process, string path)
    {
        if (Find(process, path, Ending.Follow, out Place place) is { } failure)
        {
            return failure;
        }

        return place.Inode is not ModelDirectory directory ? Fail(Errno.ENOTDIR)
            : !process.May(directory, Read) ? Fail(Errno.EACCES)
            : Listing(directory);
    }

    private Prediction ListDescriptor(ModelDescriptor descriptor)
    {
        // The worker goes back to the start first.
        descriptor.Position = 0;
        return descriptor.Inode is not ModelDirectory directory ? Fail(Errno.ENOTDIR) : directory.IsRemoved ? Fail(Errno.ENOENT) : Listing(directory);
    }

    private static Prediction Listing(ModelDirectory directory) => new(Errno.None, check: answer => LookAtNames(directory, answer.Text));
}
