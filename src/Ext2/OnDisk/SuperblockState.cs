namespace Ext2Union.Ext2.OnDisk;

/// <summary>Bits of s_state.</summary>
[Flags]
public enum SuperblockState : ushort
{
    /// <summary>None: in use, or not unmounted.</summary>
    None = 0,
    /// <summary>EXT2_VALID_FS: unmounted cleanly.</summary>
    Clean = 1,
    /// <summary>EXT2_ERROR_FS: corruption was met; a check is due.</summary>
    Errors = 2,
    /// <summary>EXT3_ORPHAN_FS: orphans are being freed.</summary>
    Orphans = 4,
}
