using Ext2Union.Tests.Support;
using Ext2Union.Vfs;

namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>What a sequence is run on: a mounted tree, or a file system in this process. Paths are relative, one character a byte; links are never followed.</summary>
internal interface ITarget
{
    /// <summary>Type, or ENOENT, ENOTDIR.</summary>
    public Result<InodeKind> KindOf(string path);

    public Errno MakeFile(string path, uint mode, byte[] data);

    public Errno MakeDirectory(string path, uint mode);

    public Errno MakeNode(string path, uint mode, DeviceNumber device);

    public Errno MakeSymlink(string path, string target);

    public Errno Link(string path, string newPath);

    public Errno Unlink(string path);

    public Errno RemoveDirectory(string path);

    public Errno Rename(string path, string newPath, RenameFlags flags);

    /// <summary>Opens for writing, perhaps with O_TRUNC, writes at a position or (-1) at the end.</summary>
    public Errno Write(string path, long offset, byte[] data, bool truncate);

    public Errno Truncate(string path, long size);

    public Errno ChangeMode(string path, uint mode);

    public Errno ChangeOwner(string path, uint user, uint group);

    public Errno SetTimes(string path, Timestamp time);

    public Errno SetXattr(string path, string name, byte[] value);

    public Errno RemoveXattr(string path, string name);

    /// <summary>Names, sorted.</summary>
    public Result<List<string>> List(string path);

    public Result<byte[]> Read(string path);

    /// <summary>Takes it down and brings it up again.</summary>
    public void Remount();

    /// <summary>All of it.</summary>
    public TreeSnapshot Snapshot();
}
