namespace Ext2Union.Conformance.Tests.Semantics.Storm;

/// <summary>What a process of a storm saw that must not be.</summary>
internal sealed class StormFault(string message) : Exception(message);
