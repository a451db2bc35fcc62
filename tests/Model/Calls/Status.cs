using System.Globalization;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Calls;

/// <summary>What stat(2) shows, in a form that goes over a pipe.</summary>
internal readonly record struct Status(
    InodeKind Kind, uint Mode, uint User, uint Group, long Links, long Size, uint Device, ulong Number, Timestamp Access, Timestamp Modify, Timestamp Change)
{
    /// <summary>Of what a judge's stat showed.</summary>
    public static Status Of(in Attributes seen) => new(
        ModeBits.KindOf(seen.Mode), seen.Mode & ModeBits.PermissionMask, seen.UserId, seen.GroupId, seen.LinkCount, seen.Size, seen.Device.Encoded, seen.Inode,
        seen.AccessTime, seen.ModifyTime, seen.ChangeTime);

    /// <summary>Reads the text form back.</summary>
    public static Status Parse(string text)
    {
        string[] parts = text.Split(' ');
        return new Status(
            (InodeKind)Number(0), (uint)Number(1), (uint)Number(2), (uint)Number(3), Number(4), Number(5), (uint)Number(6),
            ulong.Parse(parts[7], CultureInfo.InvariantCulture), Time(8), Time(10), Time(12));

        long Number(int index) => long.Parse(parts[index], CultureInfo.InvariantCulture);
        Timestamp Time(int index) => new(Number(index), (uint)Number(index + 1));
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(int)Kind} {Mode} {User} {Group} {Links} {Size} {Device} {Number} {Text(Access)} {Text(Modify)} {Text(Change)}");

    private static string Text(Timestamp time) => string.Create(CultureInfo.InvariantCulture, $"{time.Seconds} {time.Nanoseconds}");
}
