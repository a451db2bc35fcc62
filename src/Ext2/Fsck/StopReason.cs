namespace Ext2Union.Ext2.Fsck;

/// <summary>Why a check ended before its last pass.</summary>
internal enum StopReason
{
    /// <summary>-p met something that a person must decide.</summary>
    NeedsPerson,
    /// <summary>The interaction asked for it.</summary>
    Cancelled,
    /// <summary>The device failed to read or write.</summary>
    Device,
    /// <summary>The volume cannot be checked as it is: nothing that could be a superblock, or features this checker does not know.</summary>
    NotCheckable,
    /// <summary>A repair changed facts that earlier passes gathered; the passes begin anew.</summary>
    Again,
}
