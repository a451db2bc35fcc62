namespace Ext2Union.Vfs;

/// <summary>Flags of renameat2(2).</summary>
[Flags]
public enum RenameFlags
{
    /// <summary>Replace what stands at the new name.</summary>
    None = 0,
    /// <summary>RENAME_NOREPLACE: EEXIST if the new name exists.</summary>
    NoReplace = 1,
    /// <summary>RENAME_EXCHANGE: both names exist and change places.</summary>
    Exchange = 2,
    /// <summary>RENAME_WHITEOUT: the old name becomes a whiteout in the same step. Only a <see cref="LayerDirectory"/> knows it.</summary>
    Whiteout = 4,
}
