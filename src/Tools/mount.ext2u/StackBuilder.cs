using Ext2Union.Fuse;
using Ext2Union.HostDirectory;
using Ext2Union.Tmpfs;
using Ext2Union.Tools.Mount.OverlayMarks;
using Ext2Union.Union;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount;

/// <summary>Opens the layers that a request names and puts them on each other. Everything is open and locked before anything is mounted.</summary>
internal sealed class StackBuilder(MountRequest request, EventLog log, List<string> notes)
{
    // Words that stand for "no top of its own" where a SPEC has to be written, as in fstab.
    private static readonly HashSet<string> Nothing = new(StringComparer.Ordinal) { "none", "union", "overlay" };

    private readonly LayerOpening opening = new(request, log, notes);
    private readonly List<FileSystem> layers = [];
    private bool topIsMemory;

    /// <summary>Builds the stack. Null and a refusal: a layer cannot be had, and nothing is left open.</summary>
    public Stack? Build(string target, out Refusal? refusal)
    {
        Stack? stack = BuildOnLayers(target, out refusal);
        if (stack is null)
        {
            // A top that was opened for nothing is as clean as it was found.
            layers.ForEach(LayerOpening.Close);
        }

        return stack;
    }

    private Stack? BuildOnLayers(string target, out Refusal? refusal)
    {
        string spec = request.Spec;
        if (request.Options.Upper is { } upper)
        {
            if (!Nothing.Contains(spec) && spec != upper)
            {
                refusal = Refusal.Usage($"both {spec} and upper={upper} are named as the top; say none for the first");
                return null;
            }

            spec = upper;
        }

        bool hasTop = !Nothing.Contains(spec) || !request.Options.Union;
        if ((refusal = OptionScope.Check(request.Options, hasTop ? spec : null)) is not null)
        {
            return null;
        }

        FileSystem? top = null;
        if (hasTop)
        {
            top = opening.OpenTop(spec, target, out refusal);
            if (top is null)
            {
                return null;
            }

            layers.Add(top);
            topIsMemory = top is TmpfsFileSystem;
        }

        string name = top is null ? "union" : spec == LayerOpening.MemorySpec ? spec : Path.GetFullPath(spec);
        refusal = null;
        return request.Options.Union ? BuildUnion(top, name, target, out refusal) : new Stack
        {
            FileSystem = top!,
            Name = name,
            Device = opening.TopDevice,
            Shown = Shown(),
        };
    }

    // For a top in memory uid= and gid= are those of its root, as for the kernel's tmpfs.
    private Presentation? Shown()
    {
        MountOptions options = request.Options;
        bool isOwned = !topIsMemory && (options.UserId is not null || options.GroupId is not null);
        return !isOwned && !options.SquashToRoot && options.Umask is null ? null : new Presentation
        {
            UserId = options.SquashToRoot ? 0 : isOwned ? options.UserId : null,
            GroupId = options.SquashToRoot ? 0 : isOwned ? options.GroupId : null,
            Umask = options.Umask,
            StoresRoot = options.SquashToRoot,
        };
    }

    private Stack? BuildUnion(FileSystem? top, string name, string target, out Refusal? refusal)
    {
        // Without lower= the lower is what can be seen at the mount point now; its descriptor keeps it within reach below the mount.
        List<string> names = request.Options.Lowers.Count > 0 ? request.Options.Lowers : [target];
        List<FileSystem> lowers = [];
        List<HostFileSystem> hosts = [];
        foreach (string lower in names)
        {
            if (opening.OpenLower(lower, out refusal) is not { } layer)
            {
                return null;
            }

            if (layer is HostFileSystem host)
            {
                hosts.Add(host);
            }

            FileSystem shown = request.Options.ReadsOverlayMarks ? new OverlayLayer(layer, log) : layer;
            layers.Add(shown);
            lowers.Add(shown);
        }

        UnionOptions options = new()
        {
            Fallthru = request.Options.FallthruInMemory ? FallthruMode.Memory : FallthruMode.Persist,
            Redirect = request.Options.Redirect,
            ForceLower = request.Options.ForceLower,
            CopyUp = request.Options.CopiesData ? CopyUpMode.Full : CopyUpMode.Partial,
            Log = log,
        };

        // The union owns its layers from here on, also when it cannot be made.
        layers.Clear();
        if (!UnionFileSystem.Create(top, lowers, options, out RememberedLower? missing).TryGet(out UnionFileSystem union, out Errno error))
        {
            refusal = Refusal.Failure(missing is not null
                ? $"{name} was made over another lower, {missing.Identity.Text}, which is missing; name it in lower=, or mount without it with: -o force-lower"
                : error == Errno.EINVAL
                ? $"{name}: these layers cannot be stacked; name an image or tmpfs as the top and at least one lower="
                : $"{name}: the layers cannot be stacked ({error}); run fsck.ext2u on the images");
            return null;
        }

        refusal = null;
        return new Stack
        {
            FileSystem = union,
            Name = name,
            IsUnion = true,
            Device = opening.TopDevice,
            Shown = Shown(),
            HostLowers = hosts,
        };
    }
}
