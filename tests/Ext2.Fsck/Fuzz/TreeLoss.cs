namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Something that e2fsck kept and our repair did not.</summary>
/// <param name="What">The part: "inode", "name", "content", "owner" and so on; failures are grouped by it.</param>
/// <param name="Inode">Whose part.</param>
/// <param name="Text">Both sides, for a person.</param>
internal sealed record TreeLoss(string What, uint Inode, string Text);
