using System.Text;
using Ext2Union.Ext2.Volume;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// Seeded use of a volume as a union uses its top: incomplete copies with a name, copies entered in the index, names brought to the top, names lost, blocks
/// filled, files cut, copies that lose their last name. In the order of writes that the union has: a count below follows the directory that it speaks of.
/// </summary>
internal sealed class CopyUse(Ext2Volume volume, int seed)
{
    private const int BlockBytes = 4096;
    private readonly Random random = new(seed);
    private readonly LayerDirectory root = (LayerDirectory)volume.Root;
    private readonly List<ulong> indexed = [];
    private ulong next = 100;

    /// <summary>Durable before any record names a row of it.</summary>
    public void Begin() =>
        Assert.Equal(Errno.None, volume.StoreLowers([new RememberedLower(1, new LayerIdentity(LayerKind.Ext2, new byte[16], ""), true)]));

    public void Run(int operations)
    {
        for (int i = 0; i < operations; i++)
        {
            switch (random.Next(10))
            {
                case 0 or 1:
                    CopyWithName();
                    break;
                case 2 or 3:
                    CopyIntoIndex();
                    break;
                case 4:
                    BringName();
                    break;
                case 5 or 6:
                    LoseName();
                    break;
                default:
                    Change(Encoding.ASCII.GetBytes(random.Next(2) == 0 ? $"owing-{random.Next(20)}" : $"linked-{random.Next(20)}"));
                    break;
            }
        }
    }

    private FileInode? Copy(uint lowerNames)
    {
        if (!root.CreateDetached(new NewInode { Mode = ModeBits.Of(InodeKind.File, 0x1A4) }).TryGet(out Inode made, out _))
        {
            return null;
        }
        var file = (FileInode)made;
        long size = random.Next(200_000);
        var source = new CopySource { Layer = 1, Inode = next++, Generation = 3, Size = size, Remainder = size, IsIndexed = lowerNames != 0, LowerNames = lowerNames };
        _ = file.SetSize(size);
        if (file.SetCopySource(source, random.Next(4) == 0 ? "a/path/that/a/host/directory/needs"u8 : default) == Errno.None)
        {
            return file;
        }
        // As the union does where the record has no room: a copy without one never gets a name.
        file.Release();
        return null;
    }

    private void CopyWithName()
    {
        if (Copy(0) is { } file)
        {
            _ = root.Install(Encoding.ASCII.GetBytes($"owing-{random.Next(20)}"), file);
            file.Release();
        }
    }

    private void CopyIntoIndex()
    {
        if (Copy((uint)random.Next(1, 4)) is { } file)
        {
            if (volume.Index!.Put(1, next - 1, file) == Errno.None)
            {
                indexed.Add(next - 1);
            }
            file.Release();
        }
    }

    private void BringName()
    {
        if (indexed.Count == 0 || !volume.Index!.Find(1, indexed[random.Next(indexed.Count)]).TryGet(out Inode copy, out _))
        {
            return;
        }
        if (root.Install(Encoding.ASCII.GetBytes($"linked-{random.Next(20)}"), copy) == Errno.None)
        {
            LoseLowerName(copy);
        }
        copy.Release();
    }

    private void LoseName()
    {
        byte[] name = Encoding.ASCII.GetBytes($"linked-{random.Next(20)}");
        if (indexed.Count != 0 && random.Next(2) == 0)
        {
            ulong key = indexed[random.Next(indexed.Count)];
            if (volume.Index!.Find(1, key).TryGet(out Inode copy, out _))
            {
                _ = root.PutWhiteout(Encoding.ASCII.GetBytes($"gone-{random.Next(1000)}"));
                LoseLowerName(copy);
                FreeUnused(copy);
                copy.Release();
            }
        }
        else if (root.Lookup(name).TryGet(out Inode named, out _))
        {
            _ = root.Unlink(name);
            FreeUnused(named);
            named.Release();
        }
    }

    private static void LoseLowerName(Inode copy)
    {
        if (copy.GetCopySource([], out CopySource source, out int length) == Errno.None && source.LowerNames > 0)
        {
            byte[] path = new byte[length];
            _ = copy.GetCopySource(path, out source, out _);
            _ = copy.SetCopySource(source with { LowerNames = source.LowerNames - 1 }, path);
        }
    }

    private void FreeUnused(Inode copy)
    {
        if (copy.GetAttributes(out Attributes attributes) == Errno.None && attributes.LinkCount == 1
            && copy.GetCopySource([], out CopySource source, out _) == Errno.None && source is { IsIndexed: true, LowerNames: 0 })
        {
            _ = volume.Index!.Remove(source.Layer, source.Inode);
            _ = indexed.Remove(source.Inode);
        }
    }

    private void Change(ReadOnlySpan<byte> name)
    {
        if (!root.Lookup(name).TryGet(out Inode inode, out _))
        {
            return;
        }
        if (inode is FileInode file)
        {
            _ = random.Next(3) switch
            {
                0 => file.SetSize(random.Next(250_000)),
                1 => file.Write((long)random.Next(40) * BlockBytes, new byte[BlockBytes * random.Next(1, 6)], out _),
                _ => root.Unlink(name),
            };
            FreeUnused(file);
        }
        inode.Release();
    }
}
