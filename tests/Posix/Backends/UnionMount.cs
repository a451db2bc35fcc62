using Ext2Union.Tests.Support;

namespace Ext2Union.Posix.Tests.Backends;

/// <summary>One of our unions; the lowers are given the highest first.</summary>
internal sealed class UnionMount(bool tmpfsTop, params LowerKind[] lowers) : Backend
{
    private readonly List<LoopMount> directories = [];
    private readonly string[] layers = new string[lowers.Length];
    private MountedExt2u? mount;

    public override string Name => $"our union, {(tmpfsTop ? "tmpfs" : "ext2")} over {string.Join(", ", lowers.Select(Describe))}";

    public override Subjects Kind =>
        (tmpfsTop ? Subjects.TmpfsUnion : Subjects.Ext2Union) | (lowers.Contains(LowerKind.Directory) ? Subjects.DirectoryBelow : Subjects.None);

    // What lies on the top is the same whatever is below: one union with each kind of top is enough.
    public override bool HasHere => lowers is [LowerKind.Image];

    public override bool HasBelow => true;

    public override bool IsDurable => !tmpfsTop;

    private string Top => Scratch["top.image"];

    public override void Prepare()
    {
        for (int layer = lowers.Length - 1; layer >= 0; layer--)
        {
            string image = Scratch[$"lower-{layer}.image"];
            layers[layer] = image;
            if (lowers[layer] == LowerKind.FormerTop)
            {
                MakeFormerTop(image, layer);
                continue;
            }

            PreparedImages.CopyTo(image, layer, lowers.Length);
            if (lowers[layer] == LowerKind.Directory)
            {
                directories.Add(new LoopMount(image, Scratch[$"lower-{layer}"]));
                layers[layer] = directories[^1].FullPath;
            }
        }

        if (!tmpfsTop)
        {
            PreparedImages.Empty(Top);
        }
    }

    public override void Mount() => mount = Ext2uTools.Mount(tmpfsTop ? "tmpfs" : Top, MountPoint, OptionsAbove(-1));

    public override void Unmount() => mount!.Unmount();

    public override void Judge() => Ext2uTools.AssertClean(Top);

    public override void Dispose()
    {
        mount?.Dispose();
        directories.ForEach(directory => directory.Dispose());
        base.Dispose();
    }

    // Its part of the objects is made through a union with all that lies beneath.
    private void MakeFormerTop(string image, int layer)
    {
        PreparedImages.Empty(image);
        using MountedExt2u former = Ext2uTools.Mount(image, Scratch["former"], OptionsAbove(layer));
        PreparedImages.Fill(former.FullPath, Flavour.Below, layer, lowers.Length);
        former.Unmount();
    }

    private string OptionsAbove(int layer) => "union,lower=" + string.Join(':', layers[(layer + 1)..]);

    private static string Describe(LowerKind kind) => kind switch
    {
        LowerKind.Image => "ext2",
        LowerKind.Directory => "a directory",
        _ => "a former top",
    };
}
