namespace Ext2Union.Union;

/// <summary>What one layer's slot says about a name.</summary>
internal enum Verdict
{
    /// <summary>The layer has nothing to say: ask the next one below.</summary>
    Below,
    /// <summary>The layer's object is the answer and merges with nothing.</summary>
    Here,
    /// <summary>The layer's directory is the answer, and directories below may be its twins.</summary>
    HereAndBelow,
    /// <summary>The name does not exist, whatever the layers below hold.</summary>
    Nothing,
}
