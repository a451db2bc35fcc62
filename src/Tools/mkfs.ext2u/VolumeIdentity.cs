using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ext2Union.Ext2.Mkfs;

namespace Ext2Union.Tools.Mkfs;

/// <summary>
/// The parts of a volume that differ from run to run. With SOURCE_DATE_EPOCH set nothing may: what would be random is derived from what was asked for.
/// </summary>
internal static class VolumeIdentity
{
    public static FormatOptions Complete(MkfsRequest request, long length)
    {
        FormatOptions format = request.Format with { VolumeId = request.VolumeId };
        return request.SourceDate is not long date ? format : format with
        {
            Time = date,
            VolumeId = format.VolumeId ?? Derive("volume", request, length),
            HashSeed = format.HashSeed ?? Derive("hash seed", request, length),
        };
    }

    private static Guid Derive(string purpose, MkfsRequest request, long length)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"{purpose} {request.SourceDate} {length} {Encoding.UTF8.GetString(request.Format.Label.Span)}");
        byte[] bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text))[..16];

        // Version 8 and the variant of RFC 9562: a UUID whose maker says how it came about.
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
