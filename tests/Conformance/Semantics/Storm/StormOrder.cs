using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>What a process of a storm is told. The processes are this test program itself, started again with the order in its environment.</summary>
internal sealed record StormOrder(string MountPoint, string Folder, int Process, int Seed, double Seconds)
{
    public const string Variable = "EXT2U_STORM_ORDER";

    /// <summary>All begin when this file appears.</summary>
    public string StartSign => Path.Combine(Folder, "start");

    public string JournalOf(int process) => Path.Combine(Folder, $"journal-{process}");

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{MountPoint}\t{Folder}\t{Process}\t{Seed}\t{Seconds}");

    // Before the test runner's own Main: a process with an order does that and nothing else.
    [ModuleInitializer]
    internal static void Obey()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } text)
        {
            return;
        }

        string[] parts = text.Split('\t');
        CultureInfo plain = CultureInfo.InvariantCulture;
        var order = new StormOrder(parts[0], parts[1], int.Parse(parts[2], plain), int.Parse(parts[3], plain), double.Parse(parts[4], plain));
        try
        {
            using var worker = new StormWorker(order);
            worker.Run();
            Environment.Exit(0);
        }
        catch (StormFault fault)
        {
            Console.Error.WriteLine($"process {order.Process}: {fault.Message}");
        }
        catch (Exception failure)
        {
            Console.Error.WriteLine($"process {order.Process}: {failure}");
        }

        Environment.Exit(1);
    }
}
