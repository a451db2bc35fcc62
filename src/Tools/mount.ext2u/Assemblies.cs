using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Ext2Union.Tools.Mount;

/// <summary>
/// Loads everything this program may need before a mount covers the tree it is loaded from: a load would otherwise be a request to ourselves, from
/// a thread that serves one.
/// </summary>
internal static class Assemblies
{
    /// <summary>Loads the closure of our references.</summary>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "What was trimmed away cannot be loaded later either.")]
    public static void LoadAll()
    {
        HashSet<string> seen = [];
        Queue<Assembly> queue = new([typeof(Assemblies).Assembly]);
        while (queue.TryDequeue(out Assembly? assembly))
        {
            foreach (AssemblyName reference in assembly.GetReferencedAssemblies())
            {
                if (seen.Add(reference.FullName))
                {
                    queue.Enqueue(Assembly.Load(reference));
                }
            }
        }
    }
}
