using System.Text;
using Ext2Union.Linux.Files;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Mkfs.Archives;

/// <summary>
/// Access control lists as archives hold them (acl(5), "ACL TEXT FORMS"; star puts the number of a named user or group behind its entry). Names
/// without a number are those of this machine: GNU tar writes numbers only with --numeric-owner.
/// </summary>
internal static class TarAcl
{
    /// <summary>Makes the xattr form. False: <paramref name="fault"/> says which entry makes no sense.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out byte[] acl, out string fault)
    {
        var entries = new List<AclEntry>();
        acl = [];
        fault = "";
        foreach (string line in Encoding.UTF8.GetString(text).Split(['\n', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string word = line.Split(['#', ' ', '\t'])[0];
            if (word.Length == 0)
            {
                continue;
            }

            if (!TryEntry(word, out AclEntry entry, out string reason) || entries.Count == PosixAcl.MaximumEntries)
            {
                fault = $"its access control list has the entry '{TarEntry.Show(Encoding.UTF8.GetBytes(word))}', which {(reason.Length > 0 ? reason : "is one too many")}";
                return false;
            }

            entries.Add(entry);
        }

        // The kernel wants them by kind and number; archives hold them as somebody sorted names.
        entries.Sort(static (left, right) => left.Tag != right.Tag ? left.Tag.CompareTo(right.Tag) : left.Id.CompareTo(right.Id));
        acl = new byte[PosixAcl.BytesOf(entries.Count)];
        PosixAcl.SetHeader(acl);
        for (int index = 0; index < entries.Count; index++)
        {
            PosixAcl.SetEntry(acl, index, entries[index]);
        }

        fault = PosixAcl.Check(acl) == Errno.None ? "" : "its access control list lacks an entry or has one twice";
        return fault.Length == 0;
    }

    private static bool TryEntry(string word, out AclEntry entry, out string reason)
    {
        entry = default;
        reason = "is no entry of a list";
        string[] parts = word.Split(':');
        bool isLong = parts.Length is 3 or 4;
        string who = isLong ? parts[1] : "";
        AclTag? tag = (parts[0], who.Length > 0) switch
        {
            ("user" or "u", false) => AclTag.Owner,
            ("user" or "u", true) => AclTag.User,
            ("group" or "g", false) => AclTag.OwningGroup,
            ("group" or "g", true) => AclTag.Group,
            ("mask" or "m", false) => AclTag.Mask,
            ("other" or "o", false) => AclTag.Other,
            _ => null,
        };
        if (tag is null || parts.Length is < 2 or > 4 || !TryPermissions(isLong ? parts[2] : parts[1], out ushort permissions))
        {
            return false;
        }

        uint number = AclEntry.NoId;
        if (who.Length > 0 && !uint.TryParse(parts.Length == 4 ? parts[3] : who, out number) && !TryNumberOf(who, tag == AclTag.User, out number))
        {
            reason = $"names nobody this machine knows; make the archive with numbers (tar --numeric-owner)";
            return false;
        }

        entry = new AclEntry(tag.Value, permissions, number);
        return true;
    }

    private static bool TryPermissions(string text, out ushort permissions)
    {
        permissions = 0;
        foreach (char letter in text)
        {
            int bit = letter switch { 'r' => 4, 'w' => 2, 'x' => 1, '-' => 0, _ => -1 };
            if (bit < 0)
            {
                return false;
            }

            permissions |= (ushort)bit;
        }

        return text.Length is > 0 and <= 3;
    }

    private static bool TryNumberOf(string name, bool isUser, out uint number)
    {
        number = 0;
        string known = Encoding.UTF8.GetString(FileDescriptor.ReadAll(isUser ? "/etc/passwd" : "/etc/group") ?? []);
        string? line = known.Split('\n').FirstOrDefault(entry => entry.StartsWith(name + ":", StringComparison.Ordinal));
        string[] fields = line?.Split(':') ?? [];
        return fields.Length > 2 && uint.TryParse(fields[2], out number);
    }
}
