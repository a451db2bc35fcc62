namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Something wrong with a case. Failures of one kind are most likely one fault.</summary>
internal sealed record FuzzFailure(string Kind, string Text);
