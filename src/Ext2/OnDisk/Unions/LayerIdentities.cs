using System.Buffers.Binary;
using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.OnDisk.Unions;

/// <summary>Identities of layers in the form in which a top's table of lowers keeps them.</summary>
public static class LayerIdentities
{
    /// <summary>Bytes of a volume's identity: its UUID.</summary>
    public const int VolumeBytes = 16;

    /// <summary>Bytes where only a directory of a volume is used: UUID and inode number.</summary>
    public const int SubdirectoryBytes = VolumeBytes + 4;

    /// <summary>Bytes of a host directory's: inode number, birth time, type of its file system.</summary>
    public const int HostDirectoryBytes = 28;

    /// <summary>The identity of a volume, or of a directory of it when that is not the root.</summary>
    public static LayerIdentity Of(in Superblock superblock, InodeNumber directory)
    {
        bool isWhole = directory == InodeNumber.Root;
        byte[] value = new byte[isWhole ? VolumeBytes : SubdirectoryBytes];
        ReadOnlySpan<byte> uuid = superblock.Uuid;
        uuid.CopyTo(value);
        if (!isWhole)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(value.AsSpan(VolumeBytes), directory.Value);
        }

        ReadOnlySpan<byte> label = superblock.VolumeName;
        int end = label.IndexOf((byte)0);
        label = end < 0 ? label : label[..end];
        return new LayerIdentity(LayerKind.Ext2, value, TextOfVolume(value, Encoding.UTF8.GetString(label)));
    }

    /// <summary>What is known of a layer from its identity alone.</summary>
    public static string TextOf(LayerKind kind, ReadOnlySpan<byte> value) => kind switch
    {
        LayerKind.Ext2 => TextOfVolume(value, ""),
        LayerKind.HostDirectory => $"directory of the host with inode number {BinaryPrimitives.ReadUInt64LittleEndian(value)}",
        _ => "a layer without identity",
    };

    // A label is what anyone wrote there: nothing in it may look like more than one word of a message.
    private static string TextOfVolume(ReadOnlySpan<byte> value, string label)
    {
        var name = new StringBuilder();
        foreach (char character in label)
        {
            _ = name.Append(char.IsControl(character) || character == '"' ? '?' : character);
        }

        string volume = $"ext2 volume {(name.Length > 0 ? $"\"{name}\" " : "")}{new Guid(value[..VolumeBytes], bigEndian: true)}";
        return value.Length == VolumeBytes ? volume : $"directory with inode number {BinaryPrimitives.ReadUInt32LittleEndian(value[VolumeBytes..])} of {volume}";
    }
}
