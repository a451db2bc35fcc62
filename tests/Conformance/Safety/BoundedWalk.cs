using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Safety;

/// <summary>
/// Looks at everything in a tree that may be damaged: errors are fine, but it must come to an end. A directory that contains itself makes a tree
/// endless, so the walk stops after a number of objects.
/// </summary>
internal static class BoundedWalk
{
    private const int MostObjects = 2000;
    private const int MostReads = 40;

    public static void Run(FileSystem fileSystem)
    {
        byte[] buffer = new byte[8192];
        fileSystem.Root.Acquire();
        var pending = new Stack<Inode>([fileSystem.Root]);
        for (int seen = 0; pending.TryPop(out Inode? inode); seen++)
        {
            if (seen < MostObjects)
            {
                Look(inode, buffer, pending);
            }

            inode.Release();
        }
    }

    private static void Look(Inode inode, byte[] buffer, Stack<Inode> pending)
    {
        _ = inode.GetAttributes(out Attributes attributes);
        if (inode.ListXattr(buffer, out int length) == Errno.None)
        {
            foreach (string name in Posix.SplitXattrs(buffer.AsSpan(0, length)))
            {
                _ = inode.GetXattr(System.Text.Encoding.ASCII.GetBytes(name), new byte[70_000], out _);
            }
        }

        switch (inode)
        {
            case SymlinkInode link:
                _ = link.ReadTarget(buffer, out _);
                break;
            case FileInode file:
                Read(file, attributes.Size, buffer);
                break;
            case DirectoryInode directory:
                List(directory, pending);
                break;
        }
    }

    private static void Read(FileInode file, long size, byte[] buffer)
    {
        for (int count = 0; count < MostReads; count++)
        {
            long offset = count < MostReads / 2 ? count * (long)buffer.Length : size / MostReads * count;
            _ = file.Read(offset, buffer, out _);
        }

        _ = file.Seek(0, SeekKind.Hole, out _);
        _ = file.Seek(0, SeekKind.Data, out _);
    }

    private static void List(DirectoryInode directory, Stack<Inode> pending)
    {
        var sink = new Sink();
        _ = directory.Enumerate(0, sink);
        foreach (byte[] name in sink.Names)
        {
            if (directory.Lookup(name).TryGet(out Inode child, out _))
            {
                pending.Push(child);
            }
        }

        if (directory.Parent().TryGet(out DirectoryInode parent, out _))
        {
            parent.Release();
        }
    }

    private sealed class Sink : DirectorySink
    {
        public List<byte[]> Names { get; } = [];

        public override bool Add(ReadOnlySpan<byte> name, ulong inode, InodeKind kind, long nextCookie)
        {
            Names.Add(name.ToArray());
            return Names.Count < MostObjects;
        }
    }
}
