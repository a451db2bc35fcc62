using System.Globalization;
using System.Runtime.CompilerServices;

namespace Ext2Union.Model.Tests.Workers;

/// <summary>
/// Makes a worker of the test program: it starts itself with "user umask" in a variable, and then this runs before the test runner does and
/// never returns.
/// </summary>
internal static class WorkerEntry
{
    /// <summary>The variable.</summary>
    public const string Variable = "EXT2U_MODEL_WORKER";

#pragma warning disable CA2255 // The one way in before the entry point that xunit generates.
    [ModuleInitializer]
#pragma warning restore CA2255
    internal static void Start()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } identity)
        {
            return;
        }

        uint[] numbers = [.. identity.Split(' ').Select(text => uint.Parse(text, CultureInfo.InvariantCulture))];
        Worker.Serve(numbers[0], numbers[1]);
        Environment.Exit(0);
    }
}
