using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse;

/// <summary>
/// Serves a file system to the kernel. One hot thread reads requests and answers what does not block; what can block goes to a few workers
/// that answer themselves. (Several readers are slower: idle ones are woken in turn.) A timer bounds how long changes stay in memory.
/// </summary>
public sealed class Session : IDisposable
{
    private readonly FuseDevice device;
    private readonly ServedTree tree;
    private readonly Dispatcher dispatcher;
    private readonly WorkQueue queue;
    private readonly ManualResetEvent ended = new(false);
    private readonly ManualResetEventSlim finishing = new();
    private readonly Lock finishGate = new();
    private readonly List<Thread> threads = [];
    private int underWay;
    private volatile bool isStopped;
    private volatile bool isInitialized;
    private bool isFinished;
    private bool commits;
    private Errno finishError;

    /// <summary>Prepares a session; nothing happens before <see cref="Start"/>.</summary>
    public Session(FuseDevice device, FileSystem fileSystem, SessionOptions options, EventLog log)
    {
        this.device = device;
        tree = new ServedTree(fileSystem, options, log);
        dispatcher = new Dispatcher(tree);
        tree.Invalidate = device.InvalidateAttributes;
        queue = new WorkQueue((2 * options.WorkerCount) + 1);
    }

    /// <summary>Set when the mount is gone.</summary>
    public WaitHandle Ended => ended;

    /// <summary>Starts the threads.</summary>
    public void Start()
    {
        Begin("fuse", ReadRequests);
        for (int i = 0; i < tree.Options.WorkerCount; i++)
        {
            Begin("fuse-work", Work);
        }

        BeginCommits();
    }

    /// <summary>
    /// Makes the file system read-only or writable, as <see cref="FileSystem.SetReadOnly"/> does. The kernel has to keep changes away meanwhile. May be called
    /// by a request. Errors: as there; ENOTCONN after the end.
    /// </summary>
    public Errno SetReadOnly(bool readOnly)
    {
        lock (finishGate)
        {
            Errno error = isFinished ? Errno.ENOTCONN : tree.FileSystem.SetReadOnly(readOnly);
            if (error == Errno.None)
            {
                BeginCommits();
            }

            return error;
        }
    }

    /// <summary>
    /// Waits until the kernel's INIT was answered, or the session has ended without one. True: the mount is usable, or was: somebody may have used it
    /// and unmounted it before this thread ran again.
    /// </summary>
    public bool WaitUntilUsable(TimeSpan timeout) => dispatcher.Initialized.Wait(timeout) && isInitialized;

    /// <summary>Waits until the mount is gone. False: it still is there.</summary>
    public bool WaitForEnd(TimeSpan timeout) => ended.WaitOne(timeout);

    /// <summary>
    /// Ends the service: requests that still come are refused, those under way are waited for, the kernel's references are given back, and the
    /// file system is unmounted. Errors: what <see cref="FileSystem.Unmount"/> answers; EBUSY when a request takes longer than <paramref name="limit"/>: nothing
    /// was unmounted then, and nothing may be freed.
    /// </summary>
    public Errno Finish(TimeSpan limit)
    {
        isStopped = true;

        // Who serves counts itself first and looks at the flag then; here it is the other way round, and neither may overtake the other.
        Interlocked.MemoryBarrier();
        if (!SpinWait.SpinUntil(() => Volatile.Read(ref underWay) == 0, limit))
        {
            return Errno.EBUSY;
        }

        finishing.Set();
        return FinishTree();
    }

    /// <summary>Frees what the session holds. After <see cref="Finish"/> and the end of the mount; the device stays with its owner.</summary>
    public void Dispose()
    {
        queue.Close();
        finishing.Set();
        if (ended.WaitOne(0))
        {
            foreach (Thread thread in threads)
            {
                thread.Join();
            }

            queue.Dispose();
        }
    }

    private void BeginCommits()
    {
        if (tree.Options.CommitInterval > TimeSpan.Zero && !tree.FileSystem.IsReadOnly && !commits)
        {
            commits = true;
            Begin("commit", Commit);
        }
    }

    private void Begin(string name, ThreadStart body)
    {
        Thread thread = new(body) { Name = name, IsBackground = true };
        threads.Add(thread);
        thread.Start();
    }

    private void ReadRequests()
    {
        Exchange exchange = queue.Take();
        while (true)
        {
            Errno error = device.Read(exchange);
            if (error is Errno.EINTR or Errno.EAGAIN or Errno.ENOENT)
            {
                continue;
            }

            if (error != Errno.None)
            {
                if (error != Errno.ENODEV)
                {
                    tree.Log.Report($"/dev/fuse: reading a request failed with {error}; the mount ends");
                }

                break;
            }

            if (!dispatcher.MayBlock(exchange) || !queue.TryExchange(ref exchange))
            {
                Serve(exchange);
            }
        }

        queue.Close();
        _ = ended.Set();
        dispatcher.Initialized.Set();
    }

    private void Work()
    {
        Exchange? exchange = null;
        while ((exchange = queue.Next(exchange)) is not null)
        {
            Serve(exchange);
        }
    }

    private void Serve(Exchange exchange)
    {
        _ = Interlocked.Increment(ref underWay);
        if (isStopped)
        {
            exchange.Answer(0);
            exchange.Seal(Errno.ENOTCONN);
        }
        else
        {
            dispatcher.Handle(exchange);
            if (exchange.Header.Opcode == Opcode.Destroy)
            {
                // Only a mount of a block device asks for it; umount(2) waits for the answer, so everything is on the device when it returns.
                isStopped = true;
                exchange.Seal(FinishTree());
            }
        }

        if (exchange.ReplyLength != 0 && device.Reply(exchange) is var error and not Errno.None)
        {
            tree.Log.Report($"the kernel refused the reply to {exchange.Header.Opcode}: {error}");
        }

        if (exchange.Header.Opcode == Opcode.Initialize)
        {
            isInitialized = !dispatcher.IsRefused;
            dispatcher.Initialized.Set();
        }

        _ = Interlocked.Decrement(ref underWay);
    }

    private void Commit()
    {
        while (!finishing.Wait(tree.Options.CommitInterval))
        {
            lock (finishGate)
            {
                if (!isFinished && tree.TakeChange() && tree.FileSystem.Sync() is var error and not Errno.None)
                {
                    tree.NoteChange();
                    tree.Log.Report($"writing changes back failed with {error}; it is tried again");
                }
            }
        }
    }

    private Errno FinishTree()
    {
        lock (finishGate)
        {
            if (!isFinished)
            {
                isFinished = true;
                tree.Nodes.Clear();
                finishError = tree.FileSystem.Unmount();
            }

            return finishError;
        }
    }
}
