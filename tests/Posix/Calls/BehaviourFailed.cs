namespace Ext2Union.Posix.Tests.Calls;

/// <summary>A behaviour is not as it should be.</summary>
internal sealed class BehaviourFailed(string message) : Exception(message);
