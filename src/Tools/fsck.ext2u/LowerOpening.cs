using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ext2Union.BlockDevices;
using Ext2Union.Ext2.Fsck;
using Ext2Union.HostDirectory;
using Ext2Union.Vfs;

namespace Ext2Union.Tools.Fsck;

/// <summary>
/// Opens the layers that --lower names, spelt as in lower= of mount.ext2u: images, devices, directories of the host, IMAGE//SUBDIR, colons in names as \:. All are open
/// for reading alone, volumes under a shared lock, until they are closed together.
/// </summary>
internal sealed class LowerOpening : IDisposable
{
    private const string Inside = "//";
    private readonly List<LowerLayer> layers = [];
    private readonly List<FileBlockDevice> devices = [];

    /// <summary>The layers, the highest first.</summary>
    public IReadOnlyList<LowerLayer> Layers => layers;

    /// <summary>Opens all. False: <paramref name="refusal"/> is a sentence, and nothing stays open.</summary>
    public static bool TryOpen(IEnumerable<string> values, string top, out LowerOpening opening, [NotNullWhen(false)] out string? refusal)
    {
        opening = new LowerOpening();
        refusal = null;
        foreach (string spec in values.SelectMany(Split))
        {
            refusal ??= opening.Open(spec, top);
        }
        if (refusal is not null)
        {
            opening.Dispose();
        }
        return refusal is null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        layers.ForEach(layer => layer.Dispose());
        devices.ForEach(device => device.Dispose());
    }

    // A backslash takes the colon (or backslash) behind it for what it is.
    private static List<string> Split(string text)
    {
        List<string> parts = [];
        var part = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == ':')
            {
                parts.Add(part.ToString());
                _ = part.Clear();
                continue;
            }
            i += text[i] == '\\' && i + 1 < text.Length && text[i + 1] is ':' or '\\' or ',' ? 1 : 0;
            _ = part.Append(text[i]);
        }
        parts.Add(part.ToString());
        return parts;
    }

    private string? Open(string spec, string top)
    {
        if (spec.Length == 0)
        {
            return "--lower names an empty layer; layers are separated by single colons (a colon in a name is written \\:)";
        }
        if (Directory.Exists(spec))
        {
            // With the slash at its end a symbolic link to a directory means the directory.
            if (!HostFileSystem.Open(Path.GetFullPath(spec) + "/").TryGet(out HostFileSystem host, out Errno error))
            {
                return $"lower {spec} cannot be opened ({error}); check its permissions";
            }
            layers.Add(new HostLower(spec, host));
            return null;
        }
        int at = spec.IndexOf(Inside, 1, StringComparison.Ordinal);
        bool isWhole = at < 0 || File.Exists(spec);
        (string image, string inside) = isWhole ? (spec, "") : (spec[..at], spec[(at + Inside.Length)..].Trim('/'));
        if (!File.Exists(image))
        {
            return $"lower {image} does not exist; name an image, a device or a directory (a colon in a name is written \\:)";
        }
        return Path.GetFullPath(image) == Path.GetFullPath(top) ? $"lower {image} is the volume under check; name the layers below it" : OpenVolume(image, inside);
    }

    private string? OpenVolume(string image, string inside)
    {
        if (!FileBlockDevice.TryOpen(image, DeviceAccess.ReadOnly, DeviceSharing.Shared, out FileBlockDevice? device, out OpenRefusal? reason))
        {
            return reason.Message;
        }
        devices.Add(device);
        if (!VolumeLower.TryOpen(device, image, inside, out VolumeLower? lower, out string? refusal))
        {
            return refusal;
        }
        layers.Add(lower);
        return null;
    }
}
