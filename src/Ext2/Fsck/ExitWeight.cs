namespace Ext2Union.Ext2.Fsck;

/// <summary>What a problem does to the exit code of a check. e2fsck makes these differences, and scripts that read the code see the same.</summary>
public enum ExitWeight
{
    /// <summary>Repaired it is 1, left it is 4.</summary>
    Full,
    /// <summary>Repaired it is 1; left it is nothing, for a mounted volume has it all the time.</summary>
    Repaired,
    /// <summary>Nothing: the field misleads nobody, and writing it right is no repair of the volume.</summary>
    None,
}
