namespace Ext2Union.Fuse;

/// <summary>
/// Exchanges on their way to the threads that may block, and the free ones. Both are arrays of fixed size, so handing over makes no garbage; when all are
/// in use the reader serves a request itself, which is the back-pressure.
/// </summary>
internal sealed class WorkQueue : IDisposable
{
    private readonly object gate = new();
    private readonly Exchange[] all;
    private readonly Exchange[] free;
    private readonly Exchange[] waiting;
    private int freeCount;
    private int firstWaiting;
    private int waitingCount;
    private bool isClosed;

    public WorkQueue(int capacity)
    {
        all = new Exchange[capacity];
        for (int i = 0; i < capacity; i++)
        {
            all[i] = new Exchange();
        }

        free = [.. all];
        freeCount = capacity;
        waiting = new Exchange[capacity];
    }

    /// <summary>Hands an exchange over and takes a free one in its place. False: there is none.</summary>
    public bool TryExchange(ref Exchange exchange)
    {
        lock (gate)
        {
            if (freeCount == 0)
            {
                return false;
            }

            waiting[(firstWaiting + waitingCount++) % waiting.Length] = exchange;
            exchange = free[--freeCount];
            Monitor.Pulse(gate);
            return true;
        }
    }

    /// <summary>Takes a free exchange for good. Requires: there is one.</summary>
    public Exchange Take()
    {
        lock (gate)
        {
            return free[--freeCount];
        }
    }

    /// <summary>Waits for work; gives back the exchange that is done. Null: the queue was closed and is empty.</summary>
    public Exchange? Next(Exchange? done)
    {
        lock (gate)
        {
            if (done is not null)
            {
                free[freeCount++] = done;
            }

            while (waitingCount == 0)
            {
                if (isClosed)
                {
                    return null;
                }

                _ = Monitor.Wait(gate);
            }

            Exchange next = waiting[firstWaiting];
            firstWaiting = (firstWaiting + 1) % waiting.Length;
            waitingCount--;
            return next;
        }
    }

    /// <summary>No more work comes; waiting threads end when what is queued is done.</summary>
    public void Close()
    {
        lock (gate)
        {
            isClosed = true;
            Monitor.PulseAll(gate);
        }
    }

    /// <summary>Frees the memory. Requires: no thread uses an exchange any more.</summary>
    public void Dispose()
    {
        foreach (Exchange exchange in all)
        {
            exchange.Dispose();
        }
    }
}
