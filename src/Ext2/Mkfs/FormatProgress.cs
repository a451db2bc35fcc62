namespace Ext2Union.Ext2.Mkfs;

/// <summary>How far a long step has come.</summary>
/// <param name="Step">What is being done, as a person would call it.</param>
/// <param name="Done">Units done.</param>
/// <param name="Total">Units in all.</param>
public readonly record struct FormatProgress(string Step, long Done, long Total);
