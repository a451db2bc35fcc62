namespace Ext2Union.Conformance.Tests.Differential;

/// <summary>What a step of a random sequence does.</summary>
internal enum OperationKind
{
    MakeFile,
    MakeDirectory,
    MakeNode,
    MakeSymlink,
    Link,
    Unlink,
    RemoveDirectory,
    RemoveTree,
    Rename,
    Write,
    Append,
    Overwrite,
    Truncate,
    ChangeMode,
    ChangeOwner,
    SetTimes,
    SetXattr,
    RemoveXattr,
    List,
    Read,
    MakeMany,
    RemoveMany,
    Remount,
    Compare,
}
