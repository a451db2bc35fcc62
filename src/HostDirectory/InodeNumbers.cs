using Ext2Union.Vfs;

namespace Ext2Union.HostDirectory;

/// <summary>
/// One number space over all file systems below the root. Objects of the root's own keep their number; those of submounts, and numbers so large that
/// they could be ours, get one from a range of its own, which stays theirs until the layer is closed. Guarded by the layer's lock.
/// </summary>
internal sealed class InodeNumbers(DeviceNumber rootVolume)
{
    private const ulong FirstOwn = 1UL << 40;

    private readonly Dictionary<HostKey, ulong> assigned = [];
    // By number, from FirstOwn on.
    private readonly List<HostKey> owners = [];

    /// <summary>Whether the object keeps its number, which needs no lock to know.</summary>
    public bool IsOwn(HostKey key) => key.Volume == rootVolume && key.Inode < FirstOwn;

    /// <summary>Whether a number is one that is given out here, and so says nothing after this mount.</summary>
    public static bool IsAssigned(ulong number) => number >= FirstOwn;

    /// <summary>The number of an object.</summary>
    public ulong Of(HostKey key)
    {
        if (IsOwn(key))
        {
            return key.Inode;
        }

        if (!assigned.TryGetValue(key, out ulong number))
        {
            number = FirstOwn + (ulong)assigned.Count;
            assigned.Add(key, number);
            owners.Add(key);
        }

        return number;
    }

    /// <summary>Whose number it is; false for one that was not given out.</summary>
    public bool TryGetKey(ulong number, out HostKey key)
    {
        if (number < FirstOwn)
        {
            key = new HostKey(rootVolume, number);
            return true;
        }

        bool isKnown = number - FirstOwn < (ulong)owners.Count;
        key = isKnown ? owners[(int)(number - FirstOwn)] : default;
        return isKnown;
    }
}
