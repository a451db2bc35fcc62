namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>An extended attribute as an archive holds it.</summary>
/// <param name="Name">Full name, <c>user.x</c>.</param>
/// <param name="Value">Any bytes.</param>
public readonly record struct TarXattr(byte[] Name, byte[] Value);
