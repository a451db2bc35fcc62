using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The origin of a directory that a repair gives another name. A natural one would from then on merge with whatever the layers below have under the new name, a
/// stranger's directory. What it merged before was found under its old path; where that is noted (a copy of a directory of the host) it is stored as a redirect,
/// else nothing lies below it any more. An origin that is stored stays, and so do marks and the opaque flag.
/// </summary>
internal sealed class FoundOrigin(CheckedVolume volume, InodeFacts facts)
{
    private readonly AttributeStore attributes = new(volume, facts);

    /// <summary>Stores the origin. Called before the name: a run that ends in between leaves a directory without a name, which is found again.</summary>
    public void Keep(uint directory)
    {
        bool isUnion = volume.Has(IncompatFeatures.Whiteout) || volume.Has(IncompatFeatures.Fallthru);
        byte[] bytes = volume.ReadInode(directory);
        var view = new InodeView(bytes);
        if (!isUnion || view.Kind != InodeKind.Directory || (view.Flags & RawInodeFlags.OriginNone) != 0 || attributes.Read(view, XattrName.Origin) is not null)
        {
            return;
        }
        byte[] path = PathBelow(view);
        if (path.Length != 0 && volume.Has(IncompatFeatures.Fallthru) && attributes.Write(directory, XattrName.Origin, path))
        {
            return;
        }
        view.Flags |= RawInodeFlags.OriginNone;
        volume.WriteInode(directory, bytes);
    }

    private byte[] PathBelow(InodeView view) =>
        attributes.Read(view, XattrName.Copy) is { } value && CopyRecord.Read(value, out _, out ReadOnlySpan<byte> path) == CopyRecordFault.None ? path.ToArray() : [];
}
