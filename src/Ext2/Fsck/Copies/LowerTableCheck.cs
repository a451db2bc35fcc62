using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Unions;
using Ext2Union.Ext2.OnDisk.Xattrs;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck;

/// <summary>
/// The table of lowers on the root directory. A number that records name and the table has lost is reserved rather than the records dropped: given to another
/// lower it would lead them to a stranger's files.
/// </summary>
internal sealed class LowerTableCheck(Reporter reporter, InodeFacts facts, AttributeStore attributes)
{
    public void Run()
    {
        CopyNotes copies = facts.Copies;
        bool isChanged = copies.TableFault != LowerTableFault.None;
        if (isChanged && !reporter.Raise(CopyProblems.LowerTable, new Place { Name = copies.TableFault.ToString() }))
        {
            return;
        }
        foreach ((ushort layer, long count) in copies.UnknownLayers)
        {
            if (reporter.Raise(CopyProblems.LayerUnknown, new Place { Found = layer, Expected = count }))
            {
                copies.Lowers.Add(new RememberedLower(layer, new LayerIdentity(LayerKind.Passing, [], ""), false));
                isChanged = true;
            }
        }
        if (isChanged)
        {
            Write(copies.Lowers);
        }
    }

    private void Write(List<RememberedLower> lowers)
    {
        uint root = InodeNumber.Root.Value;
        byte[] value = new byte[LowerTable.BytesOf(lowers)];
        LowerTable.Write(lowers, value);
        if (!attributes.Write(root, XattrName.Lowers, value))
        {
            _ = reporter.Raise(CopyProblems.NoRoom, new Place { Inode = root });
            reporter.TakeBack();
        }
    }
}
