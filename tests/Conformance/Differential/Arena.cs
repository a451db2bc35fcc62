using Ext2Union.Tests.Support;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>A fresh place for one sequence: lower trees drawn from the seed, and an overlay over them.</summary>
internal sealed class Arena : IDisposable
{
    /// <summary>What both sides are compared by. Link counts wait for hard links that are kept over copy-up.</summary>
    public const TreeOptions Compared = TreeOptions.Times | TreeOptions.DirectoryTimes | TreeOptions.WithoutLostAndFound;

    // A virgin top of ours takes the root's attributes from the highest lower; overlayfs shows its upper's own.
    public static readonly Vfs.Timestamp RootTime = new(900_000_000, 5);

    private readonly string folder;
    private readonly OverlayMount overlay;

    public Arena(string folder, int seed, bool specialModes, int lowerCount)
    {
        this.folder = folder;
        _ = SystemMount.SetUmask(0);
        var generator = new OperationGenerator(seed, specialModes);
        for (int index = 0; index < lowerCount; index++)
        {
            string lower = Path.Combine(folder, $"lower{index}");
            _ = Directory.CreateDirectory(lower);
            var target = new PosixTarget(lower, TreeOptions.None, () => { });
            List<Operation> steps = generator.LowerTree(30);
            foreach (Operation step in steps)
            {
                _ = Executor.Apply(target, step);
            }

            _ = target.SetTimes("", RootTime);
            Lowers.Add(lower);
            LowerSteps.Add(steps);
        }

        Steps = generator.Sequence(80);
        overlay = new OverlayMount(folder, Lowers, RootTime);
        Reference = new PosixTarget(overlay.FullPath, Compared, overlay.Remount);
    }

    /// <summary>The lower directories, highest first.</summary>
    public List<string> Lowers { get; } = [];

    /// <summary>The steps that made each of them.</summary>
    public List<List<Operation>> LowerSteps { get; } = [];

    /// <summary>A sequence that knows these trees.</summary>
    public List<Operation> Steps { get; }

    public ITarget Reference { get; }

    public void Dispose()
    {
        overlay.Dispose();
        _ = Posix.RemoveTree(PathBytes.Of(folder));
    }
}
