using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>
/// A directory of a union: its directory on top, if it has been materialised, and its lower twins. The twins are settled when it is
/// first looked up and stay with it wherever it is moved. Every call below holds the tree lock for its length, copies of data excepted.
/// </summary>
internal sealed class UnionDirectory : DirectoryInode, IUnionInode
{
    private UnionState state;

    public UnionDirectory(in UnionState state, Twin[] twins)
    {
        this.state = state;
        Twins = twins;
    }

    public ref UnionState State => ref state;

    public Inode Inode => this;

    /// <summary>What it merges, the highest first. References are held.</summary>
    public Twin[] Twins { get; }

    /// <summary>Rises with every change of its names. Guarded by the tree lock.</summary>
    public int Version { get; private set; }

    /// <summary>The directory on top, or null while it lies in lowers only.</summary>
    public LayerDirectory? Top => (LayerDirectory?)Volatile.Read(ref state.Top);

    /// <summary>Whether more than one layer has a say in its names.</summary>
    public bool IsMerged => Twins.Length + (state.Top is null ? 0 : 1) > 1;

    public override ulong Number => state.Number;

    public override uint Generation => state.Generation;

    public override FileSystem FileSystem => state.Union;

    private UnionFileSystem Union => state.Union;

    /// <summary>Names of it changed. Requires: the tree lock is held.</summary>
    public void Changed() => Version++;

    public override Result<Inode> Lookup(ReadOnlySpan<byte> name)
    {
        using (Union.Tree.Enter())
        {
            return NameLookup.Find(this, name);
        }
    }

    public override Result<Inode> LookupListed(ReadOnlySpan<byte> name, ulong inode, InodeKind kind)
    {
        using (Union.Tree.Enter())
        {
            return NameLookup.FindListed(this, name, inode, kind);
        }
    }

    public override Result<DirectoryInode> Parent()
    {
        using (Union.Tree.Enter())
        {
            if (state.IsRemoved)
            {
                return Errno.ESTALE;
            }

            UnionDirectory parent = state.Parent ?? this;
            parent.Acquire();
            return parent;
        }
    }

    public override Result<Inode> Create(ReadOnlySpan<byte> name, in NewInode what)
    {
        using (Union.Tree.Enter())
        {
            return Creation.Create(this, name, what);
        }
    }

    public override Result<Inode> CreateDetached(in NewInode what)
    {
        using (Union.Tree.Enter())
        {
            return Creation.CreateDetached(this, what);
        }
    }

    public override Errno Link(ReadOnlySpan<byte> name, Inode target) => Creation.Link(this, name, target);

    public override Errno Unlink(ReadOnlySpan<byte> name) => Removal.Run(this, name, isDirectory: false);

    public override Errno RemoveDirectory(ReadOnlySpan<byte> name) => Removal.Run(this, name, isDirectory: true);

    public override Errno Rename(ReadOnlySpan<byte> name, DirectoryInode to, ReadOnlySpan<byte> newName, RenameFlags flags) =>
        to is UnionDirectory target && ReferenceEquals(target.Union, Union) ? Renaming.Run(this, name, target, newName, flags) : Errno.EXDEV;

    public override Errno Enumerate(long cookie, DirectorySink sink)
    {
        using (Union.Tree.Enter())
        {
            return state.IsRemoved ? Errno.None : Listing.Run(this, cookie, sink);
        }
    }

    public override Errno GetAttributes(out Attributes attributes) => AttributeAccess.Get(this, out attributes);

    public override Errno SetAttributes(in AttributeChange change) => AttributeAccess.Set(this, change);

    public override Errno GetXattr(ReadOnlySpan<byte> name, Span<byte> buffer, out int length) => XattrAccess.Get(this, name, buffer, out length);

    public override Errno SetXattr(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value, XattrFlags flags) => XattrAccess.Set(this, name, value, flags);

    public override Errno RemoveXattr(ReadOnlySpan<byte> name) => XattrAccess.Remove(this, name);

    public override Errno ListXattr(Span<byte> buffer, out int length) => XattrAccess.List(this, buffer, out length);

    public override Errno Sync(bool dataOnly) => AttributeAccess.Sync(this, dataOnly);

    protected override void LastReleased()
    {
        bool isGone;
        using (Union.Tree.Enter())
        {
            isGone = References == 0 && Union.Table.Remove(this);
        }

        if (isGone)
        {
            Union.Drop(this);
        }
    }
}
