using Ext2Union.Ext2.OnDisk.Directories;

namespace Ext2Union.Ext2.Volume.Directories;

/// <summary>Takes the records of a directory as they are enumerated.</summary>
internal interface IRecordVisitor
{
    /// <summary>Offers a record in use, neither "." nor "..". False: it was not taken, stop here.</summary>
    public bool Visit(scoped DirectoryRecord record, long nextCookie);
}
