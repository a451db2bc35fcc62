using Ext2Union.Fuse.Mounting;
using Ext2Union.Fuse.Protocol;
using Ext2Union.Fuse.Requests;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse;

/// <summary>
/// Turns one request into one reply. It knows no descriptor and no thread, so another transport can stand before it. It is the one barrier
/// that turns a bug into EIO and a log line.
/// </summary>
internal sealed unsafe class Dispatcher(ServedTree tree)
{
    private const uint AccessModeOrTruncate = 0x203;

    private readonly NodeRequests nodes = new(tree);
    private readonly NameRequests names = new(tree);
    private readonly FileRequests files = new(tree);
    private readonly DirectoryRequests directories = new(tree);
    private readonly XattrRequests xattrs = new(tree);
    private readonly IoctlRequests ioctls = new(tree);
    private readonly Negotiation negotiation = new(tree);

    /// <summary>Set when INIT was answered.</summary>
    public ManualResetEventSlim Initialized { get; } = new();

    /// <summary>INIT was refused: the mount will never be usable.</summary>
    public bool IsRefused { get; private set; }

    /// <summary>Serves the request of an exchange and seals its reply.</summary>
    public void Handle(Exchange exchange)
    {
        exchange.Answer(0);
        Errno error;
        Caller.IsPrivileged = exchange.Header.UserId == 0;
        try
        {
            error = exchange.Body.Length < FixedBytes(exchange.Header.Opcode) ? Errno.EINVAL
                : IsStranger(exchange) ? Errno.EACCES
                : Route(exchange);
        }
#pragma warning disable CA1031 // The one barrier: a bug in a layer must not end the session, whatever it throws.
        catch (Exception bug)
#pragma warning restore CA1031
        {
            tree.Log.Report($"{exchange.Header.Opcode} on inode {tree.Nodes.Translate(exchange.Header.Node)} failed: {Describe(bug)}");
            error = Errno.EIO;
        }

        // Behind the change, never before it: a commit in between would find it not yet done and would not come again. What failed may
        // have changed something before it did.
        if (MayChange(exchange))
        {
            tree.NoteChange();
        }

        if (exchange.ReplyLength != 0)
        {
            exchange.Seal(error);
        }
    }

    /// <summary>
    /// Whether serving the request can leave something to write. In a union opening copies up and listing stores names; forgetting an object without a name
    /// frees it.
    /// </summary>
    private bool MayChange(Exchange exchange) => exchange.Header.Opcode switch
    {
        Opcode.Lookup or Opcode.GetAttributes or Opcode.Statx or Opcode.ReadLink or Opcode.Read or Opcode.Statistics or Opcode.Seek => false,
        Opcode.GetXattr or Opcode.ListXattr or Opcode.Access or Opcode.Flush or Opcode.Interrupt or Opcode.Initialize => false,
        Opcode.Synchronize or Opcode.SynchronizeDirectory or Opcode.SynchronizeFileSystem or Opcode.Destroy => false,
        Opcode.OpenDirectory or Opcode.ReleaseDirectory => false,
        Opcode.ReadDirectory or Opcode.ReadDirectoryPlus => tree.Options.CopiesUp,
        Opcode.Open => tree.Options.CopiesUp || (exchange.Fixed<OpenIn>().Flags & AccessModeOrTruncate) != 0,
        _ => true,
    };

    /// <summary>Whether serving the request can take long: the thread that reads requests leaves it to another one.</summary>
    public bool MayBlock(Exchange exchange)
    {
        const uint LargeTransfer = 64 << 10;
        return exchange.Header.Opcode switch
        {
            Opcode.Synchronize or Opcode.SynchronizeDirectory or Opcode.SynchronizeFileSystem => true,
            Opcode.Allocate or Opcode.CopyRange or Opcode.CopyRange64 => true,
            Opcode.Read => exchange.Fixed<ReadIn>().Size > LargeTransfer,
            Opcode.Write => exchange.RequestLength > LargeTransfer,
            Opcode.Open => tree.Options.CopiesUp && (exchange.Fixed<OpenIn>().Flags & AccessModeOrTruncate) != 0 && Copies(exchange),
            Opcode.Ioctl when exchange.Fixed<IoctlIn>().Command == ControlCall.Command => true,
            Opcode.SetAttributes or Opcode.SetXattr or Opcode.RemoveXattr or Opcode.Ioctl => tree.Options.CopiesUp && Copies(exchange),
            Opcode.Link or Opcode.Unlink or Opcode.Rename or Opcode.Rename2 => tree.Options.CopiesData,
            Opcode.Statistics => tree.Options.CopiesUp,

            // A file handle of a node that may be known no more: a union may have to look through all of its tree.
            Opcode.Lookup => exchange.Body is [(byte)'.', 0, ..],
            _ => false,
        };
    }

    // Handing a request to another thread costs more than most requests do, so only a file whose content is still below is worth it.
    private bool Copies(Exchange exchange)
    {
        if (tree.Nodes.Find(exchange.Header.Node) is not { } inode)
        {
            return false;
        }

        bool copies = inode is FileInode { CopiesBeforeChange: true };
        inode.Release();
        return copies;
    }

    // allow_root is allow_other with a check of ours. What comes from the kernel itself or ends an open is served for everyone.
    private bool IsStranger(Exchange exchange) =>
        tree.Options.OnlyUserId is { } owner && exchange.Header.UserId != 0 && exchange.Header.UserId != owner
        && exchange.Header.Opcode is not (Opcode.Initialize or Opcode.Forget or Opcode.BatchForget or Opcode.Interrupt or Opcode.Destroy
            or Opcode.Release or Opcode.ReleaseDirectory or Opcode.Read or Opcode.Write);

    private Errno Route(Exchange exchange)
    {
        switch (exchange.Header.Opcode)
        {
            case Opcode.Forget:
                exchange.AnswerNothing();
                nodes.Forget(exchange);
                return Errno.None;
            case Opcode.BatchForget:
                exchange.AnswerNothing();
                nodes.BatchForget(exchange);
                return Errno.None;
            case Opcode.Interrupt:
                // What runs is never long enough to be worth stopping; the kernel waits on for its reply.
                exchange.AnswerNothing();
                return Errno.None;
            case Opcode.Initialize:
                Errno refusal = negotiation.Answer(exchange);
                IsRefused = refusal != Errno.None;
                return refusal;
            case Opcode.Destroy or Opcode.SynchronizeFileSystem:
                return tree.FileSystem.Sync();
            case Opcode.Statistics:
                return nodes.GetStatistics(exchange);
            default:
                return RouteToNode(exchange);
        }
    }

    private Errno RouteToNode(Exchange exchange)
    {
        if (tree.Nodes.Find(exchange.Header.Node) is not { } inode)
        {
            return exchange.Header.Opcode == Opcode.Lookup ? nodes.LookupForgotten(exchange) : Errno.ESTALE;
        }

        try
        {
            return Serve(exchange, inode);
        }
        finally
        {
            inode.Release();
        }
    }

    private Errno Serve(Exchange exchange, Inode inode) => exchange.Header.Opcode switch
    {
        Opcode.Lookup => nodes.Lookup(exchange, inode),
        Opcode.GetAttributes => tree.AnswerAttributes(exchange, inode),
        Opcode.SetAttributes => nodes.SetAttributes(exchange, inode),
        Opcode.Statx => tree.AnswerStatx(exchange, inode),
        Opcode.ReadLink => NodeRequests.ReadLink(exchange, inode),
        Opcode.SymbolicLink => names.MakeSymlink(exchange, inode),
        Opcode.MakeNode => names.MakeNode(exchange, inode),
        Opcode.MakeDirectory => names.MakeDirectory(exchange, inode),
        Opcode.Unlink => names.Unlink(exchange, inode),
        Opcode.RemoveDirectory => names.RemoveDirectory(exchange, inode),
        Opcode.Rename => names.Rename(exchange, inode),
        Opcode.Rename2 => names.Rename2(exchange, inode),
        Opcode.Link => names.Link(exchange, inode),
        Opcode.Create => names.Create(exchange, inode),
        Opcode.TemporaryFile => names.CreateUnnamed(exchange, inode),
        Opcode.Open => files.Open(exchange, inode),
        Opcode.Read => FileRequests.Read(exchange, inode),
        Opcode.Write => files.Write(exchange, inode),
        Opcode.Release => FileRequests.Release(exchange, inode),
        Opcode.ReleaseDirectory => directories.Release(exchange, inode),
        Opcode.Synchronize or Opcode.SynchronizeDirectory => FileRequests.Synchronize(exchange, inode),
        Opcode.Allocate => files.Allocate(exchange, inode),
        Opcode.Seek => FileRequests.Seek(exchange, inode),
        Opcode.CopyRange => files.CopyRange(exchange, inode, false),
        Opcode.CopyRange64 => files.CopyRange(exchange, inode, true),
        Opcode.OpenDirectory => directories.Open(exchange, inode),
        Opcode.ReadDirectory => DirectoryRequests.Read(exchange, inode),
        Opcode.ReadDirectoryPlus => directories.ReadPlus(exchange, inode),
        Opcode.SetXattr => xattrs.Set(exchange, inode),
        Opcode.GetXattr => xattrs.Get(exchange, inode),
        Opcode.ListXattr => xattrs.List(exchange, inode),
        Opcode.RemoveXattr => xattrs.Remove(exchange, inode),
        Opcode.Ioctl => ioctls.Control(exchange, inode),

        // default_permissions is always on, so the kernel has decided; every close was allowed to be silent.
        Opcode.Access or Opcode.Flush => Errno.None,

        // The kernel remembers this for the whole mount and stops asking: locks are local, poll and bmap have no meaning here.
        _ => Errno.ENOSYS,
    };

    private static int FixedBytes(Opcode opcode) => opcode switch
    {
        Opcode.Forget => sizeof(ForgetIn),
        Opcode.BatchForget => sizeof(BatchForgetIn),
        Opcode.Initialize => sizeof(InitIn),
        Opcode.SetAttributes => sizeof(SetAttributesIn),
        Opcode.MakeNode => sizeof(MakeNodeIn),
        Opcode.MakeDirectory => sizeof(MakeDirectoryIn),
        Opcode.Rename => sizeof(RenameIn),
        Opcode.Rename2 => sizeof(Rename2In),
        Opcode.Link => sizeof(LinkIn),
        Opcode.Create or Opcode.TemporaryFile => sizeof(CreateIn),
        Opcode.Open => sizeof(OpenIn),
        Opcode.Read or Opcode.ReadDirectory or Opcode.ReadDirectoryPlus => sizeof(ReadIn),
        Opcode.Write => sizeof(WriteIn),
        Opcode.Release or Opcode.ReleaseDirectory => sizeof(ReleaseIn),
        Opcode.Synchronize or Opcode.SynchronizeDirectory => sizeof(SynchronizeIn),
        Opcode.Allocate => sizeof(AllocateIn),
        Opcode.Seek => sizeof(SeekIn),
        Opcode.CopyRange or Opcode.CopyRange64 => sizeof(CopyRangeIn),
        Opcode.SetXattr => sizeof(SetXattrIn),
        Opcode.GetXattr or Opcode.ListXattr => sizeof(GetXattrIn),
        Opcode.Ioctl => sizeof(IoctlIn),
        _ => 0,
    };

    private static string Describe(Exception bug)
    {
        string place = bug.StackTrace?.Split('\n')[0].Trim() ?? "unknown place";
        return $"{bug.GetType().Name} {place}: {bug.Message.ReplaceLineEndings(" ")}";
    }
}
