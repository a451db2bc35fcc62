namespace Ext2Union.Ext2;

/// <summary>What a check of an image found.</summary>
/// <param name="IsSound">The image holds a volume, and nothing is wrong with it any more.</param>
/// <param name="Corrected">Problems that were repaired.</param>
/// <param name="Lines">What fsck.ext2u would print.</param>
public sealed record Ext2Check(bool IsSound, int Corrected, IReadOnlyList<string> Lines);
