using System.Text;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>Damage that a line cannot say, by name: <c>prepare NAME</c>.</summary>
internal static class RecipeBuilders
{
    public static void Run(VolumeImage volume, string name)
    {
        switch (name)
        {
            case "full":
                FillUp(volume);
                break;
            case "moved":
                PutOrigin(volume, volume.Lookup("empty"), "before");
                break;
            default:
                throw new RecipeSyntaxException($"'{name}' is nothing that can be prepared");
        }
    }

    // trusted.ext2u.origin as the first attribute inside an inode: magic, one entry, its end, the value at the end of the inode.
    private static void PutOrigin(VolumeImage volume, uint inode, string path)
    {
        const string Name = "ext2u.origin";
        long start = volume.Inode(inode, 128 + (int)volume.U16(volume.Inode(inode, 128)));
        long end = volume.Inode(inode, volume.InodeBytes);
        volume.Bytes.AsSpan((int)start, (int)(end - start)).Clear();
        long value = end - ((path.Length + 3) & ~3);
        volume.Set32(start, 0xEA020000);
        volume.Set8(start + 4, (byte)Name.Length);
        volume.Set8(start + 5, 4);
        volume.Set16(start + 6, (uint)(value - start - 4));
        volume.Set32(start + 12, (uint)path.Length);
        Encoding.ASCII.GetBytes(Name).CopyTo(volume.Bytes, start + 20);
        Encoding.ASCII.GetBytes(path).CopyTo(volume.Bytes, value);
    }

    // No block is free: all become bad blocks, mapped direct, single and double indirect as the format says.
    private static void FillUp(VolumeImage volume)
    {
        Queue<uint> free = FreeBlocks(volume);
        uint perBlock = (uint)volume.BlockBytes / 4;
        for (int slot = 0; slot < 12 && free.TryDequeue(out uint block); slot++)
        {
            volume.SetPointer(1, slot, block);
        }
        if (free.TryDequeue(out uint single))
        {
            volume.SetPointer(1, 12, single);
            FillBlock(single);
        }
        if (free.TryDequeue(out uint top))
        {
            volume.SetPointer(1, 13, top);
            for (uint i = 0; i < perBlock && free.TryDequeue(out uint below); i++)
            {
                volume.Set32(volume.At(top) + (4 * i), below);
                FillBlock(below);
            }
        }

        void FillBlock(uint holder)
        {
            volume.Bytes.AsSpan((int)volume.At(holder), volume.BlockBytes).Clear();
            for (uint i = 0; i < perBlock && free.TryDequeue(out uint block); i++)
            {
                volume.Set32(volume.At(holder) + (4 * i), block);
            }
        }
    }

    private static Queue<uint> FreeBlocks(VolumeImage volume)
    {
        var free = new Queue<uint>();
        for (uint block = volume.FirstDataBlock; block < volume.BlockCount; block++)
        {
            uint bit = block - volume.FirstDataBlock;
            long bitmap = volume.At(volume.U32(volume.Descriptor(bit / volume.BlocksPerGroup, 0)));
            if ((volume.U8(bitmap + (bit % volume.BlocksPerGroup >> 3)) >> (int)(bit & 7) & 1) == 0)
            {
                free.Enqueue(block);
            }
        }
        return free;
    }
}
