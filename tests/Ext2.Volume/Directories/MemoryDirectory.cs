using Ext2Union.BlockDevices;
using Ext2Union.Ext2.OnDisk;
using Ext2Union.Ext2.OnDisk.Directories;
using Ext2Union.Ext2.Storage;
using Ext2Union.Ext2.Volume.Directories;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Volume.Tests.Directories;

/// <summary>A directory by itself, on a device in memory: block n of the directory is block n of the device.</summary>
internal sealed class MemoryDirectory : DirectoryStore, IDisposable
{
    private readonly MemoryDevice device = new();
    private readonly BlockCache cache;
    private uint blocks;
    private bool indexed;

    public MemoryDirectory(int blockBytes, NameHashVersion version, bool mayIndex = true, bool hasFileType = true)
    {
        BlockBytes = blockBytes;
        MayIndex = mayIndex;
        HasFileType = hasFileType;
        Hash = new NameHash(version, 1, 2, 3, 4);
        cache = new BlockCache(device, blockBytes, 256L << 20);
        Content = new DirectoryContent(this);
        DirectoryBlock records;
        using BlockLease first = Append(out _);
        records = DirectoryBlock.OpenProved(first.Bytes, hasFileType);
        DirectoryEntryType type = hasFileType ? DirectoryEntryType.Directory : DirectoryEntryType.Unknown;
        _ = records.Append(records.Append(0, "."u8, new InodeNumber(12), type), ".."u8, new InodeNumber(2), type);
    }

    public DirectoryContent Content { get; private set; }

    public List<string> Reports { get; } = [];

    public uint BlockLimit { get; set; } = uint.MaxValue;

    public long WritesBack { get; private set; }

    public override int BlockBytes { get; }

    public override uint BlockCount => blocks;

    public override bool HasFileType { get; }

    public override bool MayIndex { get; }

    public override bool HasIndexFlag => indexed;

    public override NameHash Hash { get; }

    public override Errno SetIndexFlag(bool indexed)
    {
        this.indexed = indexed;
        return Errno.None;
    }

    public override BlockLease Get(FileBlock block) => cache.Read(new BlockNumber(block.Value));

    public override BlockLease Append(out FileBlock block)
    {
        block = new FileBlock(blocks);
        if (blocks >= BlockLimit)
        {
            return cache.Read(new BlockNumber(MemoryDevice.Unreadable));
        }

        BlockLease lease = cache.Create(new BlockNumber(blocks++));
        _ = DirectoryBlock.FormatSectors(lease.Bytes, HasFileType);
        Assert.Equal(Errno.None, cache.WriteThrough(lease));
        return lease;
    }

    public override Errno WriteThrough(in BlockLease lease) => cache.WriteThrough(lease);

    public override Errno Order(in BlockLease first, in BlockLease then)
    {
        int dirty = cache.DirtyCount;
        Errno error = cache.Order(first, then);
        WritesBack += dirty > 2 && cache.DirtyCount <= 2 ? 1 : 0;
        return error;
    }

    public override Errno Corrupt(FileBlock block, string what)
    {
        Reports.Add($"{block}: {what}");
        return Errno.EUCLEAN;
    }

    /// <summary>Writes everything and forgets what memory knows, as a remount does.</summary>
    public void Remount()
    {
        Assert.Equal(Errno.None, cache.WriteBack(true));
        for (uint block = 0; block < blocks; block++)
        {
            cache.Forget(new BlockNumber(block));
        }

        Content = new DirectoryContent(this);
    }

    /// <summary>Lets a test do as it likes with the bytes of a block on the device; remount to see it.</summary>
    public Span<byte> RawBlock(uint block) => device.Bytes.AsSpan((int)block * BlockBytes, BlockBytes);

    public void Dispose()
    {
        cache.Dispose();
        device.Dispose();
    }

    private sealed class MemoryDevice : BlockDevice
    {
        public const uint Unreadable = 0x7FFFFFFF;

        public byte[] Bytes { get; private set; } = new byte[1 << 16];

        public override string Name => "memory";

        public override long Length => long.MaxValue;

        public override bool IsReadOnly => false;

        public override Errno Read(long offset, Span<byte> buffer)
        {
            if (offset + buffer.Length > Bytes.Length)
            {
                return Errno.ENOSPC;
            }

            Bytes.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
            return Errno.None;
        }

        public override Errno Write(long offset, ReadOnlySpan<byte> data)
        {
            while (offset + data.Length > Bytes.Length)
            {
                byte[] larger = new byte[Bytes.Length * 2];
                Bytes.CopyTo(larger, 0);
                Bytes = larger;
            }

            data.CopyTo(Bytes.AsSpan((int)offset));
            return Errno.None;
        }

        public override Errno Flush() => Errno.None;

        public override Errno WriteZeros(long offset, long length) => Write(offset, new byte[length]);

        protected override void Dispose(bool disposing)
        {
        }
    }
}
