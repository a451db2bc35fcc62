namespace Ext2Union.Ext2.OnDisk.Unions;

/// <summary>What can be wrong with a table of lowers (docs/FORMAT.md, "The table of lowers").</summary>
public enum LowerTableFault
{
    /// <summary>Nothing.</summary>
    None,
    /// <summary>It is empty, or a row ends behind it.</summary>
    Length,
    /// <summary>Another version than 1.</summary>
    Version,
    /// <summary>A number that is none: 0, or more than 32766.</summary>
    Number,
    /// <summary>A number that was given twice.</summary>
    SameNumber,
    /// <summary>A kind of layer that is not known.</summary>
    Kind,
    /// <summary>A flag that means nothing.</summary>
    Flags,
    /// <summary>An identity of a length that its kind does not have.</summary>
    Identity,
}
