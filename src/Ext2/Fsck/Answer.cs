namespace Ext2Union.Ext2.Fsck;

/// <summary>What a person says to a question.</summary>
public enum Answer
{
    /// <summary>Leave it.</summary>
    No,
    /// <summary>Repair it.</summary>
    Yes,
    /// <summary>Repair it and everything after it.</summary>
    YesToAll,
}
