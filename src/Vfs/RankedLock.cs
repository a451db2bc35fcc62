using System.Diagnostics;

namespace Ext2Union.Vfs;

/// <summary>
/// A lock with a rank. Locks are taken in rising rank only; a debug build throws when a thread takes one out of order, so an
/// inversion is found by the first run that meets it, not by the one that deadlocks. The lock may be taken again by its holder.
/// </summary>
public sealed class RankedLock(LockRank rank)
{
    private readonly Lock gate = new();

#if DEBUG
    [ThreadStatic]
    private static Stack<RankedLock>? held;
#endif

    /// <summary>The rank.</summary>
    public LockRank Rank { get; } = rank;

    /// <summary>Whether the current thread holds it.</summary>
    public bool IsHeld => gate.IsHeldByCurrentThread;

    /// <summary>Takes the lock until the scope is disposed: <c>using (gate.Enter())</c>.</summary>
    public Scope Enter()
    {
        CheckOrder();
        gate.Enter();
        Push();
        return new Scope(this);
    }

    [Conditional("DEBUG")]
    private void CheckOrder()
    {
#if DEBUG
        if (!gate.IsHeldByCurrentThread && held is { Count: > 0 } && held.Peek().Rank > Rank)
        {
            throw new InvalidOperationException($"Lock order: {Rank} was taken while {held.Peek().Rank} is held.");
        }
#endif
    }

    [Conditional("DEBUG")]
    private void Push()
    {
#if DEBUG
        (held ??= new Stack<RankedLock>()).Push(this);
#endif
    }

    private void Exit()
    {
#if DEBUG
        _ = held!.Pop();
#endif
        gate.Exit();
    }

    /// <summary>Holds the lock until disposed.</summary>
    public readonly ref struct Scope
    {
        private readonly RankedLock owner;

        internal Scope(RankedLock owner) => this.owner = owner;

        /// <summary>Gives the lock back.</summary>
        public void Dispose() => owner.Exit();
    }
}
