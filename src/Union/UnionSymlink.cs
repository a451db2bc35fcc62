using Ext2Union.Vfs;

namespace Ext2Union.Union;

/// <summary>A symbolic link of a union.</summary>
internal sealed class UnionSymlink : SymlinkInode, IUnionInode
{
    private UnionState state;

    public UnionSymlink(in UnionState state) => this.state = state;

    public ref UnionState State => ref state;

    public Inode Inode => this;

    public override ulong Number => state.Number;

    public override uint Generation => state.Generation;

    public override FileSystem FileSystem => state.Union;

    public override Errno ReadTarget(Span<byte> buffer, out int length) => ((SymlinkInode)state.Current).ReadTarget(buffer, out length);

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
        using (state.Union.Tree.Enter())
        {
            isGone = References == 0 && state.Union.Table.Remove(this);
        }

        if (isGone)
        {
            state.Union.Drop(this);
        }
    }
}
