using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse;

/// <summary>A file system as a session serves it: what all requests share.</summary>
internal sealed class ServedTree(FileSystem fileSystem, SessionOptions options, EventLog log)
{
    // The kernel turns seconds into clock ticks and takes what overflows for "for ever"; a year is as good and overflows nowhere.
    private const ulong ForeverSeconds = 365UL * 24 * 3600;

    private readonly ulong validSeconds = fileSystem.IsExclusive ? ForeverSeconds : (ulong)options.Validity.TotalSeconds;
    private readonly uint validNanoseconds = fileSystem.IsExclusive ? 0 : (uint)(options.Validity.Ticks % TimeSpan.TicksPerSecond * 100);
    private int changed;

    /// <summary>What is served.</summary>
    public FileSystem FileSystem { get; } = fileSystem;

    /// <summary>What the kernel knows of it.</summary>
    public NodeTable Nodes { get; } = new(fileSystem);

    /// <summary>How it is served.</summary>
    public SessionOptions Options { get; } = options;

    /// <summary>Where bugs are reported.</summary>
    public EventLog Log { get; } = log;

    /// <summary>Names and attributes stay true until we change them ourselves.</summary>
    public bool IsExclusive { get; } = fileSystem.IsExclusive;

    /// <summary>Set for good when the first file gets a capability; until then no write needs to look for one (killpriv).</summary>
    public bool HasCapabilities { get; set; }

    /// <summary>
    /// Tells the kernel that its attributes of a node are stale, before the request that is being served is answered: who made it must not see the old ones.
    /// The kernel takes no lock for attributes alone (fuse_reverse_inval_inode with a negative offset), and the request keeps the node from being evicted.
    /// </summary>
    public Action<ulong>? Invalidate { get; set; }

    /// <summary>An inode's attributes changed in a way that the kernel does not expect of the request that did it.</summary>
    public void AttributesChanged(Inode inode) => Invalidate?.Invoke(Nodes.Translate(inode.Number));

    /// <summary>Notes that something was changed that is not durable yet.</summary>
    public void NoteChange() => Volatile.Write(ref changed, 1);

    /// <summary>Whether something was changed since the last call.</summary>
    public bool TakeChange() => Interlocked.Exchange(ref changed, 0) != 0;

    /// <summary>Fills in what the kernel gets to know of an inode, counts the lookup, and takes over the reference. Errors: of GetAttributes; then nothing was counted.</summary>
    public Errno Introduce(Inode inode, ref EntryOut entry)
    {
        if (GetAttributes(inode, out Attributes attributes) is var error and not Errno.None)
        {
            inode.Release();
            return error;
        }

        Fill(in attributes, ref entry.Attributes);
        entry.Generation = attributes.Generation;
        SetValidity(ref entry);
        entry.Node = Nodes.Remember(inode);
        return Errno.None;
    }

    /// <summary>The validity of an entry; with node 0 it says for how long the name is absent.</summary>
    public void SetValidity(ref EntryOut entry)
    {
        entry.EntryValidSeconds = validSeconds;
        entry.EntryValidNanoseconds = validNanoseconds;
        entry.AttributesValidSeconds = validSeconds;
        entry.AttributesValidNanoseconds = validNanoseconds;
    }

    /// <summary>Answers a request with the attributes of an inode.</summary>
    public Errno AnswerAttributes(Exchange exchange, Inode inode)
    {
        if (GetAttributes(inode, out Attributes attributes) is var error and not Errno.None)
        {
            return error;
        }

        ref AttributesOut answer = ref exchange.Answer<AttributesOut>();
        answer.ValidSeconds = validSeconds;
        answer.ValidNanoseconds = validNanoseconds;
        Fill(in attributes, ref answer.Attributes);
        return Errno.None;
    }

    /// <summary>Answers STATX, which adds the time of creation and the inode flags.</summary>
    public Errno AnswerStatx(Exchange exchange, Inode inode)
    {
        const uint BasicStatistics = 0x7FF;
        const uint BirthTime = 0x800;
        if (GetAttributes(inode, out Attributes attributes) is var error and not Errno.None)
        {
            return error;
        }

        ref StatxOut answer = ref exchange.Answer<StatxOut>();
        answer.ValidSeconds = validSeconds;
        answer.ValidNanoseconds = validNanoseconds;
        answer.Mask = BasicStatistics | (attributes.BirthTime.Seconds != 0 ? BirthTime : 0);
        answer.BlockSize = attributes.BlockSize;
        answer.LinkCount = attributes.LinkCount;
        answer.UserId = attributes.UserId;
        answer.GroupId = attributes.GroupId;
        answer.Mode = (ushort)attributes.Mode;
        answer.Inode = attributes.Inode;
        answer.Size = (ulong)attributes.Size;
        answer.Blocks = (ulong)attributes.Blocks;
        answer.AccessTime = TimeOf(attributes.AccessTime);
        answer.BirthTime = TimeOf(attributes.BirthTime);
        answer.ChangeTime = TimeOf(attributes.ChangeTime);
        answer.ModifyTime = TimeOf(attributes.ModifyTime);
        answer.DeviceMajor = attributes.Device.Major;
        answer.DeviceMinor = attributes.Device.Minor;
        return Errno.None;
    }

    /// <summary>What a new object takes from its directory and from who makes it.</summary>
    public Errno Inherit(Exchange exchange, DirectoryInode directory, uint mode, uint umask, out NewInode what)
    {
        bool isSquashed = Options.Shown is { StoresRoot: true };
        uint user = isSquashed ? 0 : exchange.Header.UserId;
        uint group = isSquashed ? 0 : exchange.Header.GroupId;
        return Options.HasAcls
            ? Inheritance.Of(directory, mode, umask, user, group, exchange.Scratch, out what)
            : Inheritance.WithoutAcl(directory, mode, umask, user, group, out what);
    }

    private Errno GetAttributes(Inode inode, out Attributes attributes)
    {
        Errno error = inode.GetAttributes(out attributes);
        Options.Shown?.Apply(ref attributes);
        return error;
    }

    private static StatxTime TimeOf(Timestamp time) => new() { Seconds = time.Seconds, Nanoseconds = time.Nanoseconds };

    private static void Fill(in Attributes from, ref NodeAttributes to)
    {
        to.Inode = from.Inode;
        to.Size = (ulong)from.Size;
        to.Blocks = (ulong)from.Blocks;
        to.AccessSeconds = (ulong)from.AccessTime.Seconds;
        to.ModifySeconds = (ulong)from.ModifyTime.Seconds;
        to.ChangeSeconds = (ulong)from.ChangeTime.Seconds;
        to.AccessNanoseconds = from.AccessTime.Nanoseconds;
        to.ModifyNanoseconds = from.ModifyTime.Nanoseconds;
        to.ChangeNanoseconds = from.ChangeTime.Nanoseconds;
        to.Mode = from.Mode;
        to.LinkCount = from.LinkCount;
        to.UserId = from.UserId;
        to.GroupId = from.GroupId;
        to.Device = from.Device.Encoded;
        to.BlockSize = from.BlockSize;
        to.Flags = 0;
    }
}
