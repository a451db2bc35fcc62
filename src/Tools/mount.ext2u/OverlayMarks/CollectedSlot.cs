using Ext2Union.Vfs;

namespace Ext2Union.Tools.Mount.OverlayMarks;

/// <summary>What <see cref="SlotSink.Add"/> was told.</summary>
internal readonly record struct CollectedSlot(byte[] Name, SlotKind Kind, ulong Inode, InodeKind InodeKind, long NextCookie);
