using System.Runtime.CompilerServices;
using Ext2Union.Fuse.Protocol;
using Ext2Union.Vfs;

namespace Ext2Union.Fuse.Requests;

/// <summary>OPENDIR, READDIR, READDIRPLUS and RELEASEDIR. A listing has no state of its own: its place is the cookie that the kernel sends back.</summary>
internal sealed unsafe class DirectoryRequests(ServedTree tree)
{
    private const ulong CachingBit = 0x200;

    private readonly RankedLock gate = new(LockRank.Session);
    // The nodes of directories that are open with the kernel's cache of listings.
    private readonly HashSet<ulong> caching = [];

    /// <summary>OPENDIR.</summary>
    public Errno Open(Exchange exchange, Inode inode)
    {
        if (inode is not DirectoryInode)
        {
            return Errno.ENOTDIR;
        }

        Errno error = inode.Opened(OpenMode.Read);
        if (error == Errno.None)
        {
            ref OpenOut answer = ref exchange.Answer<OpenOut>();
            bool isCached = tree.IsExclusive && BeginCaching(exchange.Header.Node);
            answer.Handle = (ulong)OpenMode.Read | (isCached ? CachingBit : 0);
            answer.Flags = isCached ? OpenReply.KeepCache | OpenReply.CacheDirectory : OpenReply.None;
        }

        return error;
    }

    /// <summary>RELEASEDIR.</summary>
    public Errno Release(Exchange exchange, Inode inode)
    {
        ulong handle = exchange.Fixed<ReleaseIn>().Handle;
        if ((handle & CachingBit) != 0)
        {
            using (gate.Enter())
            {
                _ = caching.Remove(exchange.Header.Node);
            }
        }

        FileRequests.End(inode, handle & ~CachingBit);
        return Errno.None;
    }

    /// <summary>READDIR.</summary>
    public static Errno Read(Exchange exchange, Inode inode) =>
        inode is DirectoryInode directory ? List(exchange, directory, 0) : Errno.ENOTDIR;

    /// <summary>
    /// READDIRPLUS. The names are collected first: a sink runs under the directory's lock and must not ask for attributes. An entry that has gone
    /// meanwhile keeps node 0, which the kernel takes for a plain entry.
    /// </summary>
    public Errno ReadPlus(Exchange exchange, Inode inode)
    {
        if (inode is not DirectoryInode directory)
        {
            return Errno.ENOTDIR;
        }

        Errno error = List(exchange, directory, sizeof(EntryOut));
        if (error != Errno.None)
        {
            return error;
        }

        fixed (byte* start = exchange.Payload)
        {
            for (int at = 0; at < exchange.Listing.Length;)
            {
                ref EntryOut entry = ref Unsafe.AsRef<EntryOut>(start + at);
                ref ListedEntry listed = ref Unsafe.AsRef<ListedEntry>(start + at + sizeof(EntryOut));
                ReadOnlySpan<byte> name = new(start + at + sizeof(EntryOut) + sizeof(ListedEntry), (int)listed.NameLength);
                if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)
                    && directory.LookupListed(name, listed.Inode, (InodeKind)listed.Kind).TryGet(out Inode child, out _))
                {
                    _ = tree.Introduce(child, ref entry);
                }

                at += ListingSink.BytesOf(name.Length, sizeof(EntryOut));
            }
        }

        return Errno.None;
    }

    // Only one open at a time fills and uses the kernel's cache of a directory. fuse_add_dirent_to_cache checks the position alone: a reply that a
    // slower process fetched before a name came goes into the cache that a faster one has begun anew since, and the name is missing there
    // for all who read it, until the directory changes again.
    private bool BeginCaching(ulong node)
    {
        using (gate.Enter())
        {
            return caching.Add(node);
        }
    }

    private static Errno List(Exchange exchange, DirectoryInode directory, int prefix)
    {
        ref ReadIn wanted = ref exchange.Fixed<ReadIn>();
        ListingSink sink = exchange.Listing;
        long offset = (long)wanted.Offset;
        fixed (byte* start = exchange.Payload)
        {
            sink.Begin(start, (int)Math.Min(wanted.Size, Exchange.MaximumPayload), prefix);
            bool hasRoom = offset >= 1 || sink.AddAt("."u8, directory.Number, InodeKind.Directory, 1);
            hasRoom = hasRoom && (offset >= ListingSink.CookieBase || AddParent(sink, directory));
            Errno error = hasRoom ? directory.Enumerate(Math.Max(offset - ListingSink.CookieBase, 0), sink) : Errno.None;

            // What was collected before the directory turned out to be corrupt is shown; the error comes with the next call.
            if (error != Errno.None && sink.Length == 0)
            {
                return error;
            }
        }

        exchange.Answer(sink.Length);
        return Errno.None;
    }

    private static bool AddParent(ListingSink sink, DirectoryInode directory)
    {
        ulong number = directory.Number;
        if (directory.Parent().TryGet(out DirectoryInode parent, out _))
        {
            number = parent.Number;
            parent.Release();
        }

        return sink.AddAt(".."u8, number, InodeKind.Directory, ListingSink.CookieBase);
    }
}
