namespace Ext2Union.Vfs;

/// <summary>One row of the table of lowers that a top keeps. Rows are never removed and numbers never given twice.</summary>
/// <param name="Number">The lower's number in records and inode numbers: 1 to 32766.</param>
/// <param name="Identity">The lower.</param>
/// <param name="IsCurrent">It was in the stack of the last mount; false for one that was left out by force.</param>
public sealed record RememberedLower(ushort Number, LayerIdentity Identity, bool IsCurrent);
