using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <summary>
/// A time of an inode as relations: it is a known value (and must not change), or it was changed at some moment not before a bound, or either
/// may be the case. Looking at it makes it known.
/// </summary>
internal sealed class ModelTime
{
    private Timestamp? known;
    private Timestamp? notBefore = new Timestamp(long.MinValue, 0);

    /// <summary>A call has set it to now.</summary>
    public void Touch(Timestamp now) => (known, notBefore) = (null, now);

    /// <summary>A call may have set it to now or have left it.</summary>
    public void MayTouch(Timestamp now) => notBefore ??= now;

    /// <summary>A call has set it to a value.</summary>
    public void Set(Timestamp value) => (known, notBefore) = (value, null);

    /// <summary>It may be anything: an object that was never looked at, or one on a medium that does not keep this time.</summary>
    public void Forget() => (known, notBefore) = (null, new Timestamp(long.MinValue, 0));

    /// <summary>Compares with what was seen; null when that can be, and then it is known.</summary>
    /// <param name="seen">What stat(2) shows.</param>
    /// <param name="granularity">Nanoseconds between two times that the medium can tell apart.</param>
    public string? Check(Timestamp seen, uint granularity)
    {
        bool possible = (known is { } value && Coarse(value, granularity) == Coarse(seen, granularity))
            || (notBefore is { } bound && !Earlier(Coarse(seen, granularity), Coarse(bound, granularity)));
        if (possible)
        {
            Set(seen);
            return null;
        }

        return $"{seen.Seconds}.{seen.Nanoseconds:D9}, not "
            + string.Join(" or ", new[] { Text("", known), Text("at or after ", notBefore) }.Where(text => text.Length > 0));
    }

    private static string Text(string label, Timestamp? time) => time is { } value ? $"{label}{value.Seconds}.{value.Nanoseconds:D9}" : "";

    private static bool Earlier(Timestamp left, Timestamp right) =>
        left.Seconds < right.Seconds || (left.Seconds == right.Seconds && left.Nanoseconds < right.Nanoseconds);

    private static Timestamp Coarse(Timestamp time, uint granularity) => time with { Nanoseconds = time.Nanoseconds / granularity * granularity };
}
