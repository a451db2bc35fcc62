namespace Ext2Union.Tests.Support;

/// <summary>Something that can be walked.</summary>
internal interface ITree
{
    /// <summary>Every object, the root first.</summary>
    public IEnumerable<TreeEntry> Walk();
}
