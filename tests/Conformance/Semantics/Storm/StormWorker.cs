using System.Diagnostics;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>One process of a storm: draws what to do next, does it, and at the end writes down how everything of its own must be.</summary>
internal sealed class StormWorker : IDisposable
{
    private readonly StormOrder order;
    private readonly StormProgress progress;
    private readonly OwnFiles files;
    private readonly OwnDirectories directories;
    private readonly SharedThings shared;
    private readonly Guests guests;
    private readonly Random random;
    private readonly (int Weight, Action Run)[] actions;

    public StormWorker(StormOrder order)
    {
        this.order = order;
        progress = new StormProgress(order.Folder, order.Process);
        random = new Random((order.Seed * 1000) + order.Process);
        var calls = new StormCalls(order.MountPoint, progress);
        files = new OwnFiles(calls, random, order.Process);
        directories = new OwnDirectories(calls, random, files, order.Process);
        shared = new SharedThings(calls, random, files, order.Process);
        guests = new Guests(calls, random, order.Process);
        var listings = new Listings(calls, random, files);
        actions =
        [
            (8, files.Create), (3, files.CreateNameless), (5, files.Delete), (2, files.DeleteWhileOpen), (6, files.Link), (10, files.Rename),
            (4, files.RenameOver), (5, files.Exchange), (2, files.RenameOntoTaken), (8, files.WriteInPlace), (5, files.Append), (4, files.Truncate),
            (3, files.Overwrite), (2, files.PunchHole), (4, files.WriteWhileOpenForReading), (8, files.ChangeAttributes), (10, files.Stat), (6, files.Read),
            (6, directories.Rename), (3, directories.Exchange), (2, directories.Refusals), (4, directories.WriteChild), (3, directories.ReplaceChild),
            (4, directories.MakeAndRemove), (4, directories.LookAtOne),
            (8, shared.AppendToLog), (8, shared.WriteSlot), (6, shared.ReadSlot), (8, shared.CountUp), (10, shared.Contest),
            (6, guests.Step), (6, listings.Look), (4, listings.Walk),
        ];
    }

    /// <summary>Waits for the sign to begin, works until the time is over, writes the journal.</summary>
    public void Run()
    {
        progress.Note("wait for the others");
        while (!File.Exists(order.StartSign))
        {
            Thread.Sleep(5);
        }

        int total = actions.Sum(action => action.Weight);
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < order.Seconds)
        {
            int draw = random.Next(total);
            actions.First(action => (draw -= action.Weight) < 0).Run();
        }

        new StormJournal(order.Process, files.All, directories.All, shared, guests.All).Write(order.JournalOf(order.Process));
        progress.Note("done");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        shared.Dispose();
        guests.Dispose();
        progress.Dispose();
    }
}
