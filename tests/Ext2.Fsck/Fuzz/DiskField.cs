namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>A named field of a structure on the disk.</summary>
/// <param name="Name">As in the format's description.</param>
/// <param name="Offset">Bytes from the structure's beginning.</param>
/// <param name="Bytes">1, 2 or 4.</param>
/// <param name="Kind">What it means.</param>
internal readonly record struct DiskField(string Name, int Offset, int Bytes, ValueKind Kind = ValueKind.Any);
