namespace Ext2Union.Vfs;

/// <summary>Where a layer takes the time from. Tests and reproducible images set their own.</summary>
public abstract class Clock
{
    /// <summary>The machine's real-time clock.</summary>
    public static Clock System { get; } = new SystemClock();

    /// <summary>The time now.</summary>
    public abstract Timestamp Now { get; }

    /// <summary>A clock that always shows the same time.</summary>
    public static Clock Fixed(Timestamp time) => new FixedClock(time);

    private sealed class SystemClock : Clock
    {
        public override Timestamp Now
        {
            get
            {
                long ticks = DateTime.UtcNow.Ticks - DateTime.UnixEpoch.Ticks;
                return new Timestamp(
                    Math.DivRem(ticks, TimeSpan.TicksPerSecond, out long rest),
                    (uint)(rest * TimeSpan.NanosecondsPerTick));
            }
        }
    }

    private sealed class FixedClock(Timestamp time) : Clock
    {
        public override Timestamp Now => time;
    }
}
