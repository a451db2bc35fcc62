namespace Ext2Union.Vfs;

/// <summary>A point in time as <c>struct timespec</c>: seconds since 1970 (may be negative) and nanoseconds 0..999999999.</summary>
/// <param name="Seconds">Seconds since the epoch.</param>
/// <param name="Nanoseconds">0 to 999,999,999, always counted forward.</param>
public readonly record struct Timestamp(long Seconds, uint Nanoseconds);
