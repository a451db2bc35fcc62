using System.Globalization;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>
/// The names of fields in recipes, with place and width in bytes as the format's description has them: written out here, apart from the code under test, and
/// compared with its structures by <see cref="RecipeFieldTests"/>.
/// </summary>
internal static class RecipeFields
{
    /// <summary><c>struct ext2_super_block</c>.</summary>
    public static IReadOnlyDictionary<string, RecipeField> Superblock { get; } = Parse(
        """
        InodesCount 0 4, BlocksCount 4 4, ReservedBlocksCount 8 4, FreeBlocksCount 12 4, FreeInodesCount 16 4, FirstDataBlock 20 4,
        LogBlockSize 24 4, LogClusterSize 28 4, BlocksPerGroup 32 4, ClustersPerGroup 36 4, InodesPerGroup 40 4, MountTime 44 4,
        WriteTime 48 4, MountCount 52 2, MaximumMountCount 54 2, Magic 56 2, State 58 2, Errors 60 2, MinorRevision 62 2, LastCheck 64 4,
        CheckInterval 68 4, CreatorOs 72 4, Revision 76 4, DefaultReservedUser 80 2, DefaultReservedGroup 82 2, FirstInode 84 4,
        InodeSize 88 2, BlockGroup 90 2, Compat 92 4, Incompat 96 4, RoCompat 100 4, Uuid 104 16, VolumeName 120 16, LastMounted 136 64,
        AlgorithmUsage 200 4, PreallocateBlocks 204 1, PreallocateDirectoryBlocks 205 1, ReservedGdtBlocks 206 2, JournalUuid 208 16,
        JournalInode 224 4, JournalDevice 228 4, LastOrphan 232 4, HashSeed 236 16, DefaultHashVersion 252 1, JournalBackupType 253 1,
        DescriptorSize 254 2, DefaultMountOptions 256 4, FirstMetaBlockGroup 260 4, MakeTime 264 4, JournalBlocks 268 68,
        BlocksCountHigh 336 4, ReservedBlocksCountHigh 340 4, FreeBlocksCountHigh 344 4, MinimumExtraSize 348 2, WantedExtraSize 350 2,
        Flags 352 4, RaidStride 356 2, MmpInterval 358 2, MmpBlock 360 8, RaidStripeWidth 368 4, LogGroupsPerFlex 372 1,
        ChecksumType 373 1, EncryptionLevel 374 1, ReservedPad 375 1, KbytesWritten 376 8, SnapshotInode 384 4, SnapshotId 388 4,
        SnapshotReservedBlocks 392 8, SnapshotList 400 4, ErrorCount 404 4, FirstErrorTime 408 4, FirstErrorInode 412 4,
        FirstErrorBlock 416 8, FirstErrorFunction 424 32, FirstErrorLine 456 4, LastErrorTime 460 4, LastErrorInode 464 4,
        LastErrorLine 468 4, LastErrorBlock 472 8, LastErrorFunction 480 32, MountOptions 512 64, UserQuotaInode 576 4,
        GroupQuotaInode 580 4, OverheadBlocks 584 4, BackupGroups 588 8, EncryptAlgorithms 596 4, EncryptSalt 600 16,
        LostFoundInode 616 4, ProjectQuotaInode 620 4, ChecksumSeed 624 4, WriteTimeHigh 628 1, MountTimeHigh 629 1, MakeTimeHigh 630 1,
        LastCheckHigh 631 1, FirstErrorTimeHigh 632 1, LastErrorTimeHigh 633 1, FirstErrorCode 634 1, LastErrorCode 635 1,
        Encoding 636 2, EncodingFlags 638 2, OrphanFileInode 640 4, Reserved 644 376, Checksum 1020 4
        """);

    /// <summary><c>struct ext2_group_desc</c>.</summary>
    public static IReadOnlyDictionary<string, RecipeField> Descriptor { get; } = Parse(
        """
        BlockBitmap 0 4, InodeBitmap 4 4, InodeTable 8 4, FreeBlocksCount 12 2, FreeInodesCount 14 2, UsedDirectoriesCount 16 2,
        Flags 18 2, ExcludeBitmap 20 4, BlockBitmapChecksum 24 2, InodeBitmapChecksum 26 2, UnusedInodesCount 28 2, Checksum 30 2
        """);

    /// <summary><c>struct ext2_inode</c>.</summary>
    public static IReadOnlyDictionary<string, RecipeField> Inode { get; } = Parse(
        """
        Mode 0 2, UserIdLow 2 2, SizeLow 4 4, AccessTime 8 4, ChangeTime 12 4, ModifyTime 16 4, DeletionTime 20 4, GroupIdLow 24 2,
        LinksCount 26 2, Blocks512 28 4, Flags 32 4, VersionLow 36 4, Block 40 60, Generation 100 4, FileAcl 104 4, SizeHigh 108 4,
        FragmentAddress 112 4, Blocks512High 116 2, FileAclHigh 118 2, UserIdHigh 120 2, GroupIdHigh 122 2, ChecksumLow 124 2,
        Reserved 126 2
        """);

    /// <summary>What follows the first 128 bytes of an inode; counted from there.</summary>
    public static IReadOnlyDictionary<string, RecipeField> InodeExtra { get; } = Parse(
        """
        ExtraSize 0 2, ChecksumHigh 2 2, ChangeTimeExtra 4 4, ModifyTimeExtra 8 4, AccessTimeExtra 12 4, BirthTime 16 4,
        BirthTimeExtra 20 4, VersionHigh 24 4, ProjectId 28 4
        """);

    /// <summary><c>struct ext2_dir_entry_2</c>, before the name.</summary>
    public static IReadOnlyDictionary<string, RecipeField> Record { get; } = Parse(
        """
        Inode 0 4, Length 4 2, NameLength 6 1, Type 7 1
        """);

    /// <summary>The root of a hash tree, counted from byte 24 of its block.</summary>
    public static IReadOnlyDictionary<string, RecipeField> IndexRoot { get; } = Parse(
        """
        ReservedZero 0 4, HashVersion 4 1, InfoLength 5 1, IndirectLevels 6 1, UnusedFlags 7 1
        """);

    /// <summary>The head of an attribute block.</summary>
    public static IReadOnlyDictionary<string, RecipeField> AttributeBlock { get; } = Parse(
        """
        Magic 0 4, References 4 4, Blocks 8 4, Hash 12 4, Checksum 16 4
        """);

    /// <summary>An attribute before its name.</summary>
    public static IReadOnlyDictionary<string, RecipeField> Attribute { get; } = Parse(
        """
        NameLength 0 1, NameIndex 1 1, ValueOffset 2 2, ValueInode 4 4, ValueSize 8 4, Hash 12 4
        """);

    /// <summary>The value of trusted.ext2u.copy, as docs/FORMAT.md has it.</summary>
    public static IReadOnlyDictionary<string, RecipeField> Copy { get; } = Parse(
        """
        Version 0 1, Flags 1 1, Layer 2 2, Generation 4 4, Inode 8 8, LowerNames 16 4, Remainder 20 8, Size 28 8, ModifyTime 36 8,
        ChangeTime 44 8, ModifyNanoseconds 52 4, ChangeNanoseconds 56 4
        """);

    /// <summary>A row of trusted.ext2u.lowers, as docs/FORMAT.md has it.</summary>
    public static IReadOnlyDictionary<string, RecipeField> LowerRow { get; } = Parse(
        """
        Number 0 2, Kind 2 1, Flags 3 1, Length 4 1
        """);

    // Each: name, first byte, bytes.
    private static Dictionary<string, RecipeField> Parse(string table) => table
        .Split([',', '\n'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
        .Select(entry => entry.Split(' '))
        .ToDictionary(
            parts => parts[0],
            parts => new RecipeField(int.Parse(parts[1], CultureInfo.InvariantCulture), int.Parse(parts[2], CultureInfo.InvariantCulture)));
}
