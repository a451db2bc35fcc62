using Ext2Union.Tests.Support;

namespace Ext2Union.Posix.Tests.Backends;

/// <summary>
/// Images with the objects of every behaviour, made once by the kernel through a loop mount and copied for each backend. With several layers
/// the objects are dealt out over as many images.
/// </summary>
internal static class PreparedImages
{
    private const long ImageBytes = 128L << 20;
    private static readonly Lock Gate = new();
    private static readonly MemoryFolder Scratch = new("posix-masters");

    /// <summary>Puts the image of one of several layers at a path.</summary>
    public static void CopyTo(string path, int layer = 0, int layers = 1)
    {
        string master = Scratch[$"{layer}-of-{layers}.image"];
        lock (Gate)
        {
            if (!File.Exists(master))
            {
                Empty(master);
                using var mount = new LoopMount(master, Scratch[$"{layer}-of-{layers}"], readOnly: false);
                Fill(mount.FullPath, Flavour.Below, layer, layers);
            }
        }

        _ = ProcessRunner.Check("/bin/cp", "--sparse=always", master, path);
    }

    /// <summary>Makes an empty image.</summary>
    public static void Empty(string path) => new Mke2fs { Bytes = ImageBytes, Inodes = 16384 }.Make(path);

    /// <summary>Makes the objects of every behaviour, or those of one of several layers, below a mount point. Changes the working directory.</summary>
    public static void Fill(string root, Flavour flavour, int layer = 0, int layers = 1)
    {
        string folder = Path.Combine(root, FolderOf(flavour));
        MakeFolder(folder);
        int index = 0;
        foreach ((string group, Behaviour behaviour, string place) in Catalogue.Places)
        {
            MakeFolder(Path.Combine(folder, group));
            MakeFolder(Path.Combine(folder, place));
            Check.Ok(Names.Chdir(Path.Combine(folder, place)));
            try
            {
                Preparation.Make([.. new Recipe(behaviour.Objects).Part(layer, layers, index++)]);
            }
            catch (BehaviourFailed failure)
            {
                _ = Names.Chdir("/");
                throw new InvalidOperationException($"{group}/{behaviour.Name}: {failure.Message}");
            }
        }

        Check.Ok(Names.Chdir("/"));
    }

    /// <summary>The folder below the root where the objects of a flavour lie.</summary>
    public static string FolderOf(Flavour flavour) => flavour == Flavour.Here ? "here" : "below";

    private static void MakeFolder(string path)
    {
        if (Names.TryLstat(path).IsError)
        {
            Check.Ok(Names.Mkdir(path));
        }
    }
}
