using System.Text;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>Puts an entry together from its header and from what stands before it, which wins. Faults are sentences that begin with "it" or "its".</summary>
internal sealed class TarEntryBuilder(byte[] block, PaxAttributes pax, TarExtension extended)
{
    // What ext2, and the kernel's 32-bit form, hold of a device number.
    private const long MostMajor = 0xFFF, MostMinor = 0xFFFFF;

    private InodeKind kind;

    /// <summary>The name as the archive has it.</summary>
    public byte[] RawPath { get; } = pax.SparseName ?? pax.Path ?? extended.LongName ?? new TarHeader(block).Name();

    /// <summary>Bytes of a file, holes included.</summary>
    public long Size { get; private set; }

    /// <summary>It has a map of its holes.</summary>
    public bool IsSparse => kind == InodeKind.File && (new TarHeader(block).Type == 'S' || pax.HasMapInData || pax.Sparse is not null);

    /// <summary>Finds out what it is and how many bytes of the archive belong to it. False: it is nothing a volume can hold, or damaged.</summary>
    public bool TryDescribe(long headerSize, out long stored, out string fault)
    {
        var header = new TarHeader(block);
        fault = "";
        stored = 0;
        InodeKind? told = KindOf((char)header.Type, RawPath);
        if (told is null || pax.IsContinuation)
        {
            fault = header.Type == 'M' || pax.IsContinuation ? "it goes on from another volume of the archive; join the volumes first"
                : $"it is of the kind '{TarEntry.Show([header.Type])}', which no volume can hold";
            return false;
        }

        kind = told.Value;

        // Of all else the field may say anything, but nothing follows.
        bool hasData = kind == InodeKind.File || header.Type == 'D';
        stored = hasData ? pax.Size ?? headerSize : 0;
        Size = stored;
        if (header.Type == 'S' && header.TryRealSize(out long real))
        {
            Size = real;
        }
        else if (IsSparse)
        {
            Size = pax.SparseSize ?? stored;
        }

        fault = stored < 0 || Size < 0 ? "its size is negative" : "";
        return fault.Length == 0;
    }

    /// <summary>Makes the entry. Requires: <see cref="TryDescribe"/> said yes.</summary>
    public bool TryBuild(SparseMap map, out TarEntry entry, out string fault)
    {
        entry = null!;
        var header = new TarHeader(block);
        byte[] target = pax.LinkPath ?? extended.LongLink ?? header.LinkName.ToArray();
        if (!TarPath.TryClean(RawPath, out byte[] path, out fault) || !TryNumbers(header, out long[] numbers, out fault) || !TryTarget(ref target, out fault)
            || !TryXattrs(out List<TarXattr> xattrs, out fault))
        {
            return false;
        }

        Timestamp modified = pax.ModifyTime ?? new Timestamp(numbers[3], 0);
        entry = new TarEntry
        {
            Path = path,
            Kind = kind,
            LinkTarget = target,
            Mode = (uint)numbers[0] & ModeBits.PermissionMask,
            UserId = (uint)numbers[1],
            GroupId = (uint)numbers[2],
            Device = new DeviceNumber((uint)numbers[4], (uint)numbers[5]),
            Size = Size,
            ModifyTime = modified,
            AccessTime = pax.AccessTime ?? modified,
            ChangeTime = pax.ChangeTime ?? modified,
            Xattrs = xattrs,
            Data = map,
        };
        return true;
    }

    private static InodeKind? KindOf(char type, ReadOnlySpan<byte> path) => type switch
    {
        '\0' or '0' when path.EndsWith("/"u8) => InodeKind.Directory,
        '\0' or '0' or '7' or 'S' => InodeKind.File,
        '1' => InodeKind.Unknown,
        '2' => InodeKind.Symlink,
        '3' => InodeKind.CharacterDevice,
        '4' => InodeKind.BlockDevice,
        '5' or 'D' => InodeKind.Directory,
        '6' => InodeKind.Fifo,
        _ => null,
    };

    private bool TryNumbers(TarHeader header, out long[] numbers, out string fault)
    {
        bool isSound = header.TryMode(out long mode) & header.TryUserId(out long user) & header.TryGroupId(out long group) & header.TryModifyTime(out long time);
        long major = 0, minor = 0;
        bool isDevice = kind is InodeKind.CharacterDevice or InodeKind.BlockDevice;
        isSound = isSound && (!isDevice || header.TryDevice(out major, out minor));
        user = pax.UserId ?? user;
        group = pax.GroupId ?? group;
        numbers = [mode, user, group, time, major, minor];
        fault = !isSound ? "its header holds a number that is none"
            : user is < 0 or > uint.MaxValue || group is < 0 or > uint.MaxValue ? $"its owner {user}:{group} is not in 0..{uint.MaxValue}"
            : major is < 0 or > MostMajor || minor is < 0 or > MostMinor ? $"its device number {major}:{minor} is not in 0..{MostMajor}:0..{MostMinor}"
            : "";
        return fault.Length == 0;
    }

    private bool TryTarget(ref byte[] target, out string fault)
    {
        fault = "";
        switch (kind)
        {
            case InodeKind.Unknown:
                bool isClean = TarPath.TryClean(target, out byte[] clean, out fault);
                fault = isClean ? "" : $"it is a link, and of what it leads to {fault}";
                target = clean;
                return isClean;
            case InodeKind.Symlink:
                fault = target.Length is 0 or > 4095 || target.AsSpan().Contains((byte)0) ? $"its target has {target.Length} bytes and is none a symbolic link can have" : "";
                return fault.Length == 0;
            default:
                target = [];
                return true;
        }
    }

    private bool TryXattrs(out List<TarXattr> xattrs, out string fault)
    {
        xattrs = [];
        fault = "";
        foreach ((string name, byte[] value) in pax.Xattrs)
        {
            byte[] bytes = Encoding.Latin1.GetBytes(name);
            bool isAcl = PosixAcl.IsName(bytes);
            if (isAcl && PosixAcl.Check(value) != Errno.None)
            {
                fault = $"its attribute {TarEntry.Show(bytes)} is no access control list";
                return false;
            }

            bool isTwice = isAcl && (bytes.AsSpan().SequenceEqual(PosixAcl.AccessName) ? pax.AccessAcl : pax.DefaultAcl) is not null;
            if (AttributeCopy.IsOfTheTree(bytes) && !isTwice)
            {
                xattrs.Add(new TarXattr(bytes, value));
            }
        }

        return TryAcl(pax.AccessAcl, PosixAcl.AccessName, xattrs, out fault)
            && (kind != InodeKind.Directory || TryAcl(pax.DefaultAcl, PosixAcl.DefaultName, xattrs, out fault));
    }

    private static bool TryAcl(byte[]? text, ReadOnlySpan<byte> name, List<TarXattr> xattrs, out string fault)
    {
        fault = "";
        if (text is null)
        {
            return true;
        }

        bool isSound = TarAcl.TryParse(text, out byte[] acl, out fault);
        if (isSound)
        {
            xattrs.Add(new TarXattr(name.ToArray(), acl));
        }

        return isSound;
    }
}
