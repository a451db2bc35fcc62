using Ext2Union.Tmpfs;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>Everything in memory: the union's own rules, at thousands of steps a second.</summary>
internal sealed class TmpfsRecipe : IUnionRecipe
{
    private readonly List<FileSystem> layers = [];

    public FileSystem NewTop() => New(asLower: false);

    public FileSystem NewLower(IReadOnlyList<Operation> steps, string hostDirectory)
    {
        FileSystem layer = New(asLower: true);
        var target = new VfsTarget(layer, Arena.Compared, same => same);
        foreach (Operation step in steps)
        {
            _ = Executor.Apply(target, step);
        }

        _ = target.SetTimes("", Arena.RootTime);
        return layer;
    }

    public FileSystem Reopen(FileSystem layer, bool isTop) => layer;

    public string? Judge(FileSystem top) => null;

    public void Dispose() => layers.ForEach(layer => layer.Dispose());

    private KeptFileSystem New(bool asLower)
    {
        var layer = new TmpfsFileSystem(new TmpfsOptions { Mode = 0x1FF, AsLower = asLower });
        layers.Add(layer);
        return new KeptFileSystem(layer);
    }
}
