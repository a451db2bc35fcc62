using System.Runtime.InteropServices;
using System.Text;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// Copies a tree from one file system into another, through the contract both speak: owners, modes, times to the nanosecond, extended attributes and ACLs,
/// hard links, symlinks, devices, holes. Names are taken in byte order, so that the same tree always makes the same volume.
/// </summary>
public sealed class Populator
{
    private readonly PopulateOptions options;
    private readonly Action<FormatProgress>? progress;
    private readonly AttributeCopy attributeCopy;
    private readonly FileCopy fileCopy;
    private readonly Dictionary<ulong, Inode> linked = [];
    private readonly Stack<Pending> pending = new();
    private FormatFault? fault;
    private long copied;

    private Populator(PopulateOptions options, Action<FormatProgress>? progress)
    {
        this.options = options;
        this.progress = progress;
        attributeCopy = new AttributeCopy(new TimeLimit(options.LatestTime));
        fileCopy = new FileCopy(zerosAreHoles: options.LatestTime is not null);
    }

    /// <summary>Copies what <paramref name="source"/> holds into <paramref name="target"/>, whose root takes the attributes of the source's root. Null when done; else the first fault, which names the path.</summary>
    public static FormatFault? Copy(FileSystem source, FileSystem target, PopulateOptions options, Action<FormatProgress>? progress = null) =>
        new Populator(options, progress).Run(source.Root, target.Root);

    private FormatFault? Run(DirectoryInode source, DirectoryInode target)
    {
        source.Acquire();
        target.Acquire();
        pending.Push(new Pending(source, target, []));
        while (pending.TryPop(out Pending next))
        {
            if (fault is null)
            {
                _ = CopyDirectory(next);
            }

            next.Source.Release();
            next.Target.Release();
        }

        foreach (Inode inode in linked.Values)
        {
            inode.Release();
        }

        return fault;
    }

    private bool CopyDirectory(Pending directory)
    {
        var sink = new NameSink();
        if (!Check(directory.Source.Enumerate(0, sink), directory.Path, "reading the directory"))
        {
            return false;
        }

        sink.Names.Sort(static (left, right) => left.AsSpan().SequenceCompareTo(right));
        foreach (byte[] name in sink.Names)
        {
            byte[] path = directory.Path.Length == 0 ? name : [.. directory.Path, (byte)'/', .. name];
            if (!CopyEntry(directory, name, path))
            {
                return false;
            }
        }

        // Only now: each new name has changed the times.
        bool keepOwner = options.KeepRootOwner && directory.Path.Length == 0;
        return Check(attributeCopy.Copy(directory.Source, directory.Target, keepOwner, out string what), directory.Path, what);
    }

    private bool CopyEntry(Pending directory, byte[] name, byte[] path)
    {
        if (!directory.Source.Lookup(name).TryGet(out Inode source, out Errno error))
        {
            return Check(error, path, "opening it");
        }

        // The index of a former top names inodes of that volume: here it would give its copies to whatever has their numbers.
        bool isIndex = directory.Path.Length == 0 && source.Kind == InodeKind.Directory && name.AsSpan().SequenceEqual(CopyIndexName.Directory);
        bool done = isIndex || CopyInode(directory.Target, name, path, source);
        source.Release();
        progress?.Invoke(new FormatProgress("Copying files", ++copied, 0));
        return done;
    }

    private bool CopyInode(DirectoryInode into, byte[] name, byte[] path, Inode source)
    {
        if (!Check(source.GetAttributes(out Attributes attributes), path, "reading its attributes"))
        {
            return false;
        }

        bool isLinked = attributes.LinkCount > 1 && source.Kind != InodeKind.Directory;
        if (isLinked && linked.TryGetValue(source.Number, out Inode? first))
        {
            return Check(into.Link(name, first), path, "linking it");
        }

        if (!Make(into, name, path, source, attributes, out Inode? made))
        {
            return false;
        }

        if (source is DirectoryInode directory && made is DirectoryInode target)
        {
            directory.Acquire();
            pending.Push(new Pending(directory, target, path));
            return true;
        }

        bool done = (source is not FileInode from || made is not FileInode to || Check(fileCopy.Copy(from, to, attributes.Size, out string doing), path, doing))
            && Check(attributeCopy.Copy(source, made, false, out string what), path, what);
        if (isLinked && done)
        {
            linked.Add(source.Number, made);
        }
        else
        {
            made.Release();
        }

        return done;
    }

    private bool Make(DirectoryInode into, byte[] name, byte[] path, Inode source, in Attributes attributes, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Inode? made)
    {
        made = null;
        byte[] link = source is SymlinkInode ? new byte[4096] : [];
        int length = 0;
        if (source is SymlinkInode symlink && !Check(symlink.ReadTarget(link, out length), path, "reading the link"))
        {
            return false;
        }

        var what = new NewInode
        {
            Mode = attributes.Mode,
            UserId = attributes.UserId,
            GroupId = attributes.GroupId,
            Device = attributes.Device,
            Target = link.AsSpan(0, length),
        };
        Errno error = Errno.None;
        if (into.Create(name, what).TryGet(out Inode created, out error)
            || (error == Errno.EEXIST && source.Kind == InodeKind.Directory && into.Lookup(name).TryGet(out created, out error)))
        {
            // lost+found is there already; what a tree has in a directory of that name joins it.
            made = created;
            return created.Kind == source.Kind || Check(Errno.EEXIST, path, "making it");
        }

        return Check(error, path, "making it");
    }

    private bool Check(Errno error, byte[] path, string what)
    {
        if (error != Errno.None)
        {
            string place = path.Length == 0 ? "the top directory" : Encoding.UTF8.GetString(path);
            fault = new FormatFault(error, $"{place}: {what} failed: {Marshal.GetPInvokeErrorMessage((int)error)}");
        }

        return error == Errno.None;
    }

    private readonly record struct Pending(DirectoryInode Source, DirectoryInode Target, byte[] Path);

    private sealed class NameSink : DirectorySink
    {
        public List<byte[]> Names { get; } = [];

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            Names.Add(name.ToArray());
            return true;
        }
    }
}
