namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>What stands before an entry's header and belongs to it: extended headers of pax, long names of GNU tar.</summary>
internal sealed class TarExtension
{
    /// <summary>Records of pax, or null.</summary>
    public byte[]? Pax { get; private set; }

    /// <summary>Name that is too long for the header.</summary>
    public byte[]? LongName { get; private set; }

    /// <summary>Link target that is too long for the header.</summary>
    public byte[]? LongLink { get; private set; }

    /// <summary>Takes one. False: <paramref name="fault"/> says what is wrong.</summary>
    public bool TryAdd(byte type, byte[] content, out string fault)
    {
        fault = "";
        switch ((char)type)
        {
            case 'L': LongName = Text(content); break;
            case 'K': LongLink = Text(content); break;
            default:
                fault = Pax is null ? "" : "it has two extended headers";
                Pax = content;
                break;
        }

        return fault.Length == 0;
    }

    private static byte[] Text(byte[] content)
    {
        int end = Array.IndexOf(content, (byte)0);
        return end < 0 ? content : content[..end];
    }
}
