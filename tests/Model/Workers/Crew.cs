using Ext2Union.Model.Tests.Calls;
using Ext2Union.Model.Tests.Tree;

namespace Ext2Union.Model.Tests.Workers;

/// <summary>The processes that call: the superuser and two users who have a group of their own each. They serve many runs.</summary>
public sealed class Crew : IDisposable
{
    private static readonly (uint User, uint Umask)[] Members = [(0, 0), (1000, 0x12), (1001, 0x07)];

    private readonly Lazy<WorkerProcess[]> workers = new(() => [.. Members.Select(member => new WorkerProcess(member.User, member.Umask))]);

    /// <summary>How many there are.</summary>
    internal static int Count => Members.Length;

    /// <summary>Them as the model knows them, nothing open.</summary>
    internal static ModelProcess[] NewProcesses() => [.. Members.Select(member => new ModelProcess(member.User, member.Umask))];

    /// <summary>They close everything and go on in another folder.</summary>
    internal void Move(string folder)
    {
        foreach (WorkerProcess worker in workers.Value)
        {
            worker.Move(folder);
        }
    }

    /// <summary>One of them makes a call.</summary>
    internal Answer Do(Call call) => workers.Value[call.Process].Do(call);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (workers.IsValueCreated)
        {
            foreach (WorkerProcess worker in workers.Value)
            {
                worker.Dispose();
            }
        }
    }
}
