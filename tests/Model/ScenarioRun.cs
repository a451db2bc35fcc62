using Ext2Union.Model.Tests.Calls;
using Ext2Union.Model.Tests.Stacks;
using Ext2Union.Model.Tests.Tree;
using Ext2Union.Model.Tests.Workers;
using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests;

/// <summary>One run: makes the layers, mounts, makes calls and judges each answer by the model.</summary>
internal sealed class ScenarioRun : IDisposable
{
    // The kernel's file times come from a clock that is up to a tick (10 ms) behind.
    private static readonly TimeSpan ClockLag = TimeSpan.FromMilliseconds(20);

    private readonly Crew crew;
    private readonly string folder;
    private readonly StackPlan plan;
    private Stack? stack;
    private bool changed;

    /// <summary>Prepares a run in a new folder.</summary>
    public ScenarioRun(Crew crew, string folder, StackPlan plan) => (this.crew, this.folder, this.plan) = (crew, folder, plan);

    /// <summary>Whether the whole tree is compared after every call: slow, but it names the call that went wrong.</summary>
    public bool Watches { get; init; }

    /// <summary>The calls made so far.</summary>
    public List<Call> Made { get; } = [];

    /// <summary>Those of them that changed something, and the last: what a failure most likely needs.</summary>
    public List<Call> Telling { get; } = [];

    /// <summary>How many of them were system calls whose answer was judged.</summary>
    public int Judged { get; private set; }

    /// <summary>Runs until there is no next call or something is wrong; null when all was well.</summary>
    public string? Run(Func<ModelCalls, Call?> next)
    {
        try
        {
            return Go(next);
        }
        catch (Exception failure) when (failure is not (OutOfMemoryException or StackOverflowException))
        {
            return failure.Message.Length > 0 && failure is InvalidOperationException or Xunit.Sdk.XunitException ? failure.Message : failure.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        crew.Move("/");
        stack?.Dispose();
        _ = ProcessRunner.Run("/bin/rm", "-rf", "--one-file-system", folder);
    }

    private string? Go(Func<ModelCalls, Call?> next)
    {
        _ = Directory.CreateDirectory(folder);
        if (MakeLayers(out ModelTree tree) is { } fault)
        {
            return "while the layers are made: " + fault;
        }

        stack!.Mount();
        crew.Move(stack.MountPoint);
        var model = new ModelCalls(tree, Crew.NewProcesses(), stack.Abilities);
        fault = TreeComparison.Compare(model, crew);
        if (fault is not null)
        {
            return "after the first mount: " + fault;
        }

        while (fault is null && next(model) is { } call)
        {
            Made.Add(call);
            fault = call.Kind >= CallKind.Compare ? Again(model, call.Kind) : Do(model, call);
            fault ??= Watches ? TreeComparison.Compare(model, crew) : null;
            if (fault is not null || changed)
            {
                Telling.Add(call);
            }
        }

        return fault is not null ? $"{Made[^1]}: {fault}" : Again(model, CallKind.Compare) ?? End();
    }

    private string? Do(ModelCalls model, Call call)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow - ClockLag;
        model.Tree.Now = new Timestamp(now.ToUnixTimeSeconds(), (uint)(now.Ticks % TimeSpan.TicksPerSecond * 100));
        Prediction prediction = model.Apply(call);
        changed = prediction.Succeeds && !IsLook(call.Kind);
        if (prediction == Prediction.NotMade)
        {
            return null;
        }

        Judged++;
        return prediction.Judge(crew.Do(call));
    }

    private static bool IsLook(CallKind kind) => kind is CallKind.Stat or CallKind.StatSlot or CallKind.List or CallKind.ListSlot or CallKind.Read or CallKind.ReadAt
        or CallKind.Access or CallKind.Map or CallKind.Sync or CallKind.ReadLink or CallKind.GetFlags or CallKind.GetXattr or CallKind.GetXattrSlot
        or CallKind.ListXattrs or CallKind.ListXattrsSlot;

    private string? Again(ModelCalls model, CallKind kind)
    {
        changed = true;
        model.CloseAll();
        crew.Move(stack!.MountPoint);
        string? fault = TreeComparison.Compare(model, crew);
        if (fault is not null || kind == CallKind.Compare || !stack.IsKept)
        {
            return fault;
        }

        crew.Move("/");
        stack.Unmount();
        stack.Check();
        bool isRotated = kind == CallKind.Rotate && stack.Rotate();
        if (isRotated || !TreeComparison.NumbersAreKept)
        {
            TreeComparison.ForgetNumbers(model.Tree);
        }

        if (isRotated)
        {
            NewLostAndFound(model.Tree);
        }

        stack.Mount();
        crew.Move(stack.MountPoint);
        fault = TreeComparison.Compare(model, crew);
        return fault is null ? null : $"after the {kind}: {fault}";
    }

    private string? End()
    {
        crew.Move("/");
        stack!.Unmount();
        stack.Check();
        stack.CheckLowers();
        return null;
    }

    private string? MakeLayers(out ModelTree tree)
    {
        tree = new ModelTree();
        var trees = new List<ModelTree>();
        var paths = new List<string>();
        for (int index = 0; index < plan.Layers.Count; index++)
        {
            string path = Path.Combine(folder, $"layer-{index}");
            if (MakeLayer(path, plan.Layers[index], out ModelTree layer) is { } fault)
            {
                return fault;
            }

            bool fillsTop = plan.FillsTop && index == 0;
            if (plan.AreImages[index] && !fillsTop)
            {
                Ext2uStack.MakeImage(path + ".image", 1024 << (index % 3), path);
                path += ".image";
            }

            if (plan.AreImages[index] || fillsTop)
            {
                TreeComparison.ForgetWhatImagesLose(layer);
            }

            TreeComparison.ForgetNumbers(layer);
            trees.Add(layer);
            paths.Add(path);
        }

        tree = NewStack(trees, paths);
        return null;
    }

    private string? MakeLayer(string path, IReadOnlyList<Call> calls, out ModelTree tree)
    {
        _ = Directory.CreateDirectory(path);
        _ = Posix.ChangeMode(PathBytes.Of(path), 0x1ED);
        crew.Move(path);
        tree = new ModelTree();
        var model = new ModelCalls(tree, Crew.NewProcesses(), new Abilities { TimeGranularity = 1 });
        foreach (Call call in calls)
        {
            if (Do(model, call) is { } fault)
            {
                return $"{call}: {fault}";
            }
        }

        return TreeComparison.Compare(model, crew);
    }

    private ModelTree NewStack(List<ModelTree> trees, List<string> paths)
    {
        bool isKernel = plan.Kind is StackKind.KernelExt2 or StackKind.KernelExt4;
        bool hasTmpfsTop = plan.Kind is StackKind.UnionOnTmpfs or StackKind.PlainTmpfs;
        stack = isKernel
            ? new KernelStack(folder, plan.Kind == StackKind.KernelExt2 ? "ext2" : "ext4")
            : new Ext2uStack(folder, plan.FillsTop ? paths.Skip(1) : paths, hasTmpfsTop, plan.FillsTop ? paths[0] : null);

        // A top without content takes the root of the highest lower.
        bool isVirgin = plan.FillsTop && trees.Count > 1 && trees[0].Root.Entries.Count == 0;
        ModelTree tree = trees.Count == 0 ? new ModelTree() : ModelTree.Merge(isVirgin ? trees[1..] : trees);
        if (!hasTmpfsTop || plan.AreImages.Contains(true))
        {
            NewLostAndFound(tree);
        }

        return tree;
    }

    // What every ext2 volume begins with. No call names it.
    private static void NewLostAndFound(ModelTree tree) => tree.Root.Entries["lost+found"] = new ModelDirectory(0x1C0, 0, 0) { Parent = tree.Root };
}
