using System.Runtime.InteropServices;
using Ext2Union.Ext2.Mkfs.Archives;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs;

/// <summary>
/// Fills a file system from a tar, in the archive's order and with one buffer of it in memory. As tar does it, an entry replaces what an earlier one made
/// under its name. Whoever wrote the archive cannot reach anything but the tree: a path through a symlink is refused, none is ever followed.
/// </summary>
public sealed class TarPopulator
{
    private readonly TarReader reader;
    private readonly FileSystem target;
    private readonly PopulateOptions options;
    private readonly Action<FormatProgress>? progress;
    private readonly TimeLimit times;
    private readonly DataWriter writer;
    private readonly TargetPath places;
    private readonly byte[] buffer = new byte[1 << 20];

    // Each new name in a directory changes its times, so they are set when all names are there. The last entry counts.
    private readonly Dictionary<ulong, TarEntry> directories = [];
    private FormatFault? fault;
    private long copied;

    private TarPopulator(TarReader reader, FileSystem target, PopulateOptions options, Action<FormatProgress>? progress)
    {
        this.reader = reader;
        this.target = target;
        this.options = options;
        this.progress = progress;
        times = new TimeLimit(options.LatestTime);
        writer = new DataWriter(zerosAreHoles: options.LatestTime is not null);
        places = new TargetPath(target.Root);
    }

    /// <summary>Copies all entries into <paramref name="target"/>. Null when done; else the first fault, which names the entry.</summary>
    public static FormatFault? Copy(TarReader reader, FileSystem target, PopulateOptions options, Action<FormatProgress>? progress = null) =>
        new TarPopulator(reader, target, options, progress).Run();

    private FormatFault? Run()
    {
        bool isSound = true;
        while (isSound && reader.TryNext(out TarEntry? entry))
        {
            isSound = IsOfTheIndex(entry) || CopyEntry(entry);
            progress?.Invoke(new FormatProgress("Copying files", ++copied, 0));
        }

        places.Dispose();
        fault ??= reader.Fault;
        _ = fault is null && SetDirectoryTimes();
        return fault;
    }

    // The index of a former top names inodes of that volume (see Populator).
    private static bool IsOfTheIndex(TarEntry entry)
    {
        ReadOnlySpan<byte> name = CopyIndexName.Directory;
        return entry.Path.AsSpan().StartsWith(name) && (entry.Path.Length == name.Length ? entry.Kind == InodeKind.Directory : entry.Path[name.Length] == '/');
    }

    private bool CopyEntry(TarEntry entry)
    {
        if (entry.Path.Length == 0)
        {
            return entry.Kind == InodeKind.Directory
                ? SetAttributes(entry, target.Root)
                : Fail(Errno.EINVAL, entry, "its name is that of the tree itself, and it is no directory");
        }

        if (!places.TryEnter(TarPath.Parent(entry.Path), makeMissing: true, out DirectoryInode? parent, out Errno error, out string sentence))
        {
            return Fail(error, entry, sentence);
        }

        // Finding something else on the way lets go of it.
        parent.Acquire();
        bool done = entry.IsHardLink ? MakeLink(entry, parent) : MakeObject(entry, parent);
        parent.Release();
        return done;
    }

    private bool MakeObject(TarEntry entry, DirectoryInode parent)
    {
        if (!TryCreate(entry, parent, out Inode? made))
        {
            return false;
        }

        bool done = (made is not FileInode file || CopyData(entry, file)) && SetAttributes(entry, made);
        made.Release();
        return done;
    }

    private bool MakeLink(TarEntry entry, DirectoryInode parent)
    {
        bool done = TryFindTarget(entry, out Inode? inode) && (IsThere(parent, entry, inode) || (Clear(parent, entry) && Check(parent.Link(TarPath.Name(entry.Path), inode), entry, "linking it")));
        inode?.Release();
        return done;
    }

    private bool TryFindTarget(TarEntry entry, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Inode? inode)
    {
        inode = null;
        string shown = TarEntry.Show(entry.LinkTarget);
        if (!places.TryEnter(TarPath.Parent(entry.LinkTarget), makeMissing: false, out DirectoryInode? folder, out Errno error, out string sentence))
        {
            return Fail(error, entry, $"it is a link to {shown}, and {sentence}");
        }

        return folder.Lookup(TarPath.Name(entry.LinkTarget)).TryGet(out inode, out error)
            ? inode.Kind != InodeKind.Directory || Fail(Errno.EISDIR, entry, $"it is a link to {shown}, which is a directory")
            : Fail(error, entry, error == Errno.ENOENT ? $"it is a link to {shown}, which is not in the archive before it" : $"finding {shown} failed: {Text(error)}");
    }

    private static bool IsThere(DirectoryInode parent, TarEntry entry, Inode inode)
    {
        bool isSame = parent.Lookup(TarPath.Name(entry.Path)).TryGet(out Inode existing, out _) && existing.Number == inode.Number;
        existing?.Release();
        return isSame;
    }

    private bool TryCreate(TarEntry entry, DirectoryInode parent, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out Inode? made)
    {
        made = null;
        ReadOnlySpan<byte> name = TarPath.Name(entry.Path);
        if (entry.Kind == InodeKind.Directory && parent.Lookup(name).TryGet(out Inode existing, out _))
        {
            if (existing.Kind == InodeKind.Directory)
            {
                made = existing;
                return true;
            }

            existing.Release();
        }

        var what = new NewInode
        {
            Mode = ModeBits.Of(entry.Kind, entry.Kind == InodeKind.Symlink ? ModeBits.PermissionMask & 0x1FF : entry.Mode),
            UserId = entry.UserId,
            GroupId = entry.GroupId,
            Device = entry.Device,
            Target = entry.LinkTarget,
        };
        return Clear(parent, entry) && (parent.Create(name, what).TryGet(out made, out Errno error) || Check(error, entry, "making it"));
    }

    // What an earlier entry made under this name goes, unless it is a directory with something in it.
    private bool Clear(DirectoryInode parent, TarEntry entry)
    {
        ReadOnlySpan<byte> name = TarPath.Name(entry.Path);
        if (!parent.Lookup(name).TryGet(out Inode existing, out Errno error))
        {
            return error == Errno.ENOENT || Check(error, entry, "looking for it");
        }

        InodeKind kind = existing.Kind;
        ulong number = existing.Number;
        existing.Release();
        places.Leave();
        error = kind == InodeKind.Directory ? parent.RemoveDirectory(name) : parent.Unlink(name);
        _ = error == Errno.None && directories.Remove(number);
        return error == Errno.ENOTEMPTY ? Fail(error, entry, "it would replace a directory that is not empty") : Check(error, entry, "replacing what has its name");
    }

    private bool CopyData(TarEntry entry, FileInode file)
    {
        if (entry.Size > target.MaximumFileBytes)
        {
            return Fail(Errno.EFBIG, entry, $"it has {entry.Size} bytes; a file of this volume has at most {target.MaximumFileBytes}");
        }

        while (true)
        {
            if (!reader.TryRead(buffer, out long offset, out int count))
            {
                return false;
            }

            if (count == 0)
            {
                file.Closed(OpenMode.Write);
                return entry.Size == 0 || Check(file.SetSize(entry.Size), entry, "writing it");
            }

            if (!Check(writer.Write(file, offset, buffer.AsSpan(0, count)), entry, "writing it"))
            {
                return false;
            }
        }
    }

    private bool SetAttributes(TarEntry entry, Inode inode)
    {
        foreach (TarXattr xattr in entry.Xattrs)
        {
            Errno error = inode.SetXattr(xattr.Name, xattr.Value, XattrFlags.None);
            if (error != Errno.None)
            {
                return Check(error, entry, $"setting its extended attribute {TarEntry.Show(xattr.Name)}");
            }
        }

        if (inode.Kind == InodeKind.Directory)
        {
            directories[inode.Number] = entry;
        }

        bool keepOwner = options.KeepRootOwner && entry.Path.Length == 0;
        var change = new AttributeChange
        {
            Fields = (keepOwner ? AttributeFields.None : AttributeFields.UserId | AttributeFields.GroupId)
                | (inode.Kind == InodeKind.Symlink ? AttributeFields.None : AttributeFields.Mode),
            Mode = entry.Mode,
            UserId = entry.UserId,
            GroupId = entry.GroupId,
        };
        times.Apply(ref change, entry.AccessTime, entry.ModifyTime, entry.ChangeTime);
        return Check(inode.SetAttributes(change), entry, "setting its attributes");
    }

    private bool SetDirectoryTimes()
    {
        foreach ((ulong number, TarEntry entry) in directories)
        {
            var change = new AttributeChange();
            times.Apply(ref change, entry.AccessTime, entry.ModifyTime, entry.ChangeTime);
            Errno error = Errno.None;
            bool done = target.Find(number).TryGet(out Inode inode, out error) && (error = inode.SetAttributes(change)) == Errno.None;
            inode?.Release();
            if (!done)
            {
                return Check(error, entry, "setting its times");
            }
        }

        return true;
    }

    private bool Check(Errno error, TarEntry entry, string what) => error == Errno.None || Fail(error, entry, $"{what} failed: {Text(error)}");

    private bool Fail(Errno error, TarEntry entry, string sentence)
    {
        fault = new FormatFault(error, $"{(entry.Path.Length == 0 ? "the top directory" : TarEntry.Show(entry.Path))}: {sentence}");
        return false;
    }

    private static string Text(Errno error) => Marshal.GetPInvokeErrorMessage((int)error);
}
