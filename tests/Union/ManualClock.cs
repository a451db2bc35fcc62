using Ext2Union.Vfs;

namespace Ext2Union.Union.Tests;

/// <summary>A clock that a test moves on, so that whatever touches a time shows.</summary>
internal sealed class ManualClock : Clock
{
    public long Seconds { get; set; } = 1000;

    public override Timestamp Now => new(Seconds, 7);
}
