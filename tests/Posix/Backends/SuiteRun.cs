using System.Diagnostics;

namespace Ext2Union.Posix.Tests.Backends;

/// <summary>
/// The whole suite on one backend: mounted once, every behaviour in its own directory, then the state compared over a remount. It has a thread to
/// itself, which takes its own working directory, umask and user.
/// </summary>
internal sealed class SuiteRun(Backend backend)
{
    /// <summary>Failures that belong to no group are reported under this name.</summary>
    public const string Whole = "whole";

    private readonly Outcome outcome = new();
    private readonly List<(Flavour Flavour, string Group, Behaviour Behaviour, string Place, SortedDictionary<string, string> State)> states = [];

    /// <summary>Runs it to the end.</summary>
    public Outcome Run()
    {
        var watch = Stopwatch.StartNew();
        var worker = new Thread(Work, maxStackSize: 16 << 20);
        worker.Start();
        worker.Join();
        Console.WriteLine($"{backend.Name}: {watch.Elapsed.TotalSeconds:f1} s, {outcome}");
        return outcome;
    }

    private void Work()
    {
#pragma warning disable CA1031 // The run's outcome is what the tests judge; an exception here would end the process.
        try
        {
            Identity.SetApart();
            Names.Umask(0x12);
            RunAll();
        }
        catch (Exception failure)
        {
            outcome.Fail(Whole, failure.ToString());
        }
        finally
        {
            Files.CloseAll();
            _ = Names.Chdir("/");
        }
#pragma warning restore CA1031
    }

    private void RunAll()
    {
        backend.Prepare();
        backend.Mount();
        if (backend.HasHere)
        {
            PreparedImages.Fill(backend.MountPoint, Flavour.Here);
            RunAll(Flavour.Here);
        }

        if (backend.HasBelow)
        {
            RunAll(Flavour.Below);
        }

        _ = Names.Chdir("/");
        backend.Unmount();
        if (backend.IsDurable)
        {
            backend.Judge();
            backend.Mount();
            states.ForEach(CompareAfterRemount);
            _ = Names.Chdir("/");
            backend.Unmount();
        }
    }

    private void RunAll(Flavour flavour)
    {
        Subject.Set(backend.Kind, flavour);
        foreach ((string group, Behaviour behaviour, string place) in Catalogue.Places)
        {
            if (behaviour.ReasonNotAsked(backend.Kind, flavour) is { } reason)
            {
                outcome.Pass($"{group}/{behaviour.Name}: {reason}");
                continue;
            }

            outcome.Asked++;
            if (Try(flavour, group, behaviour, () => RunOne(flavour, behaviour, place), ""))
            {
                _ = Try(flavour, group, behaviour, () => states.Add((flavour, group, behaviour, place, Snapshot.Take())), ": looking at it afterwards");
            }
        }
    }

    private void RunOne(Flavour flavour, Behaviour behaviour, string place)
    {
        Enter(flavour, place);
        SortedDictionary<string, string>? before = (behaviour.LeavesNoTraceOn & backend.Kind) != 0 ? Snapshot.Take() : null;
        behaviour.Action();
        Enter(flavour, place);
        behaviour.Then?.Invoke();
        if (before is null)
        {
            return;
        }

        string trace = Snapshot.Difference(Comparable(before), Comparable(Snapshot.Take()));
        if (trace.Length > 0)
        {
            throw new BehaviourFailed("refused, but it left a trace: " + trace);
        }
    }

    private void CompareAfterRemount((Flavour Flavour, string Group, Behaviour Behaviour, string Place, SortedDictionary<string, string> State) former)
    {
        Subject.Set(backend.Kind, former.Flavour);
        _ = Try(former.Flavour, former.Group, former.Behaviour, () =>
        {
            Enter(former.Flavour, former.Place);
            former.Behaviour.Then?.Invoke();
            string difference = Snapshot.Difference(Comparable(former.State), Comparable(Snapshot.Take()));
            Check.True(difference.Length == 0, "a remount changes nothing: " + difference);
        }, " after a remount");
    }

    private static SortedDictionary<string, string> Comparable(SortedDictionary<string, string> state)
    {
        state = Subject.KeepsChangeTimes ? state : Snapshot.WithoutChangeTimes(state);
        return Subject.CountsSubdirectories ? state : Snapshot.WithoutDirectoryLinks(state);
    }

    private void Enter(Flavour flavour, string place)
    {
        Files.CloseAll();
        Names.Umask(0x12);
        Check.Ok(Names.Chdir(Path.Combine(backend.MountPoint, PreparedImages.FolderOf(flavour), place)));
    }

    private bool Try(Flavour flavour, string group, Behaviour behaviour, Action action, string when)
    {
        try
        {
            action();
            return true;
        }
        catch (BehaviourFailed failure)
        {
            outcome.Fail(group, $"{group}/{behaviour.Name} ({(flavour == Flavour.Here ? "made here" : "lying below")}){when}: {failure.Message}");
            return false;
        }
        finally
        {
            Files.CloseAll();
        }
    }
}
