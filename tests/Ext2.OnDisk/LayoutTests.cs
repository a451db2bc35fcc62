using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ext2Union.Ext2.OnDisk.Tests;

/// <summary>Sizes and offsets as documented in the kernel's and e2fsprogs' headers.</summary>
public class LayoutTests
{
    [Fact]
    public void StructuresHaveTheirSizesOnDisk()
    {
        Assert.Equal(Superblock.Bytes, Unsafe.SizeOf<Superblock>());
        Assert.Equal(GroupDescriptor.Bytes, Unsafe.SizeOf<GroupDescriptor>());
        Assert.Equal(RawInode.Bytes, Unsafe.SizeOf<RawInode>());
        Assert.Equal(RawInodeExtra.Bytes, Unsafe.SizeOf<RawInodeExtra>());
        Assert.Equal(2, Unsafe.SizeOf<Le16>());
        Assert.Equal(4, Unsafe.SizeOf<Le32>());
        Assert.Equal(8, Unsafe.SizeOf<Le64>());
        Assert.Equal(60, Unsafe.SizeOf<Words15>());
    }

    [Theory]
    [InlineData(nameof(Superblock.InodesCount), 0)]
    [InlineData(nameof(Superblock.BlocksCount), 4)]
    [InlineData(nameof(Superblock.ReservedBlocksCount), 8)]
    [InlineData(nameof(Superblock.FreeBlocksCount), 12)]
    [InlineData(nameof(Superblock.FreeInodesCount), 16)]
    [InlineData(nameof(Superblock.FirstDataBlock), 20)]
    [InlineData(nameof(Superblock.LogBlockSize), 24)]
    [InlineData(nameof(Superblock.LogClusterSize), 28)]
    [InlineData(nameof(Superblock.BlocksPerGroup), 32)]
    [InlineData(nameof(Superblock.ClustersPerGroup), 36)]
    [InlineData(nameof(Superblock.InodesPerGroup), 40)]
    [InlineData(nameof(Superblock.MountTime), 44)]
    [InlineData(nameof(Superblock.WriteTime), 48)]
    [InlineData(nameof(Superblock.MountCount), 52)]
    [InlineData(nameof(Superblock.MaximumMountCount), 54)]
    [InlineData(nameof(Superblock.Magic), 56)]
    [InlineData(nameof(Superblock.State), 58)]
    [InlineData(nameof(Superblock.Errors), 60)]
    [InlineData(nameof(Superblock.MinorRevision), 62)]
    [InlineData(nameof(Superblock.LastCheck), 64)]
    [InlineData(nameof(Superblock.CheckInterval), 68)]
    [InlineData(nameof(Superblock.CreatorOs), 72)]
    [InlineData(nameof(Superblock.Revision), 76)]
    [InlineData(nameof(Superblock.DefaultReservedUser), 80)]
    [InlineData(nameof(Superblock.DefaultReservedGroup), 82)]
    [InlineData(nameof(Superblock.FirstInode), 84)]
    [InlineData(nameof(Superblock.InodeSize), 88)]
    [InlineData(nameof(Superblock.BlockGroup), 90)]
    [InlineData(nameof(Superblock.Compat), 92)]
    [InlineData(nameof(Superblock.Incompat), 96)]
    [InlineData(nameof(Superblock.RoCompat), 100)]
    [InlineData(nameof(Superblock.Uuid), 104)]
    [InlineData(nameof(Superblock.VolumeName), 120)]
    [InlineData(nameof(Superblock.LastMounted), 136)]
    [InlineData(nameof(Superblock.AlgorithmUsage), 200)]
    [InlineData(nameof(Superblock.PreallocateBlocks), 204)]
    [InlineData(nameof(Superblock.PreallocateDirectoryBlocks), 205)]
    [InlineData(nameof(Superblock.ReservedGdtBlocks), 206)]
    [InlineData(nameof(Superblock.JournalUuid), 208)]
    [InlineData(nameof(Superblock.JournalInode), 224)]
    [InlineData(nameof(Superblock.JournalDevice), 228)]
    [InlineData(nameof(Superblock.LastOrphan), 232)]
    [InlineData(nameof(Superblock.HashSeed), 236)]
    [InlineData(nameof(Superblock.DefaultHashVersion), 252)]
    [InlineData(nameof(Superblock.JournalBackupType), 253)]
    [InlineData(nameof(Superblock.DescriptorSize), 254)]
    [InlineData(nameof(Superblock.DefaultMountOptions), 256)]
    [InlineData(nameof(Superblock.FirstMetaBlockGroup), 260)]
    [InlineData(nameof(Superblock.MakeTime), 264)]
    [InlineData(nameof(Superblock.JournalBlocks), 268)]
    [InlineData(nameof(Superblock.BlocksCountHigh), 336)]
    [InlineData(nameof(Superblock.ReservedBlocksCountHigh), 340)]
    [InlineData(nameof(Superblock.FreeBlocksCountHigh), 344)]
    [InlineData(nameof(Superblock.MinimumExtraSize), 348)]
    [InlineData(nameof(Superblock.WantedExtraSize), 350)]
    [InlineData(nameof(Superblock.Flags), 352)]
    [InlineData(nameof(Superblock.RaidStride), 356)]
    [InlineData(nameof(Superblock.MmpInterval), 358)]
    [InlineData(nameof(Superblock.MmpBlock), 360)]
    [InlineData(nameof(Superblock.RaidStripeWidth), 368)]
    [InlineData(nameof(Superblock.LogGroupsPerFlex), 372)]
    [InlineData(nameof(Superblock.ChecksumType), 373)]
    [InlineData(nameof(Superblock.EncryptionLevel), 374)]
    [InlineData(nameof(Superblock.ReservedPad), 375)]
    [InlineData(nameof(Superblock.KbytesWritten), 376)]
    [InlineData(nameof(Superblock.SnapshotInode), 384)]
    [InlineData(nameof(Superblock.SnapshotId), 388)]
    [InlineData(nameof(Superblock.SnapshotReservedBlocks), 392)]
    [InlineData(nameof(Superblock.SnapshotList), 400)]
    [InlineData(nameof(Superblock.ErrorCount), 404)]
    [InlineData(nameof(Superblock.FirstErrorTime), 408)]
    [InlineData(nameof(Superblock.FirstErrorInode), 412)]
    [InlineData(nameof(Superblock.FirstErrorBlock), 416)]
    [InlineData(nameof(Superblock.FirstErrorFunction), 424)]
    [InlineData(nameof(Superblock.FirstErrorLine), 456)]
    [InlineData(nameof(Superblock.LastErrorTime), 460)]
    [InlineData(nameof(Superblock.LastErrorInode), 464)]
    [InlineData(nameof(Superblock.LastErrorLine), 468)]
    [InlineData(nameof(Superblock.LastErrorBlock), 472)]
    [InlineData(nameof(Superblock.LastErrorFunction), 480)]
    [InlineData(nameof(Superblock.MountOptions), 512)]
    [InlineData(nameof(Superblock.UserQuotaInode), 576)]
    [InlineData(nameof(Superblock.GroupQuotaInode), 580)]
    [InlineData(nameof(Superblock.OverheadBlocks), 584)]
    [InlineData(nameof(Superblock.BackupGroups), 588)]
    [InlineData(nameof(Superblock.EncryptAlgorithms), 596)]
    [InlineData(nameof(Superblock.EncryptSalt), 600)]
    [InlineData(nameof(Superblock.LostFoundInode), 616)]
    [InlineData(nameof(Superblock.ProjectQuotaInode), 620)]
    [InlineData(nameof(Superblock.ChecksumSeed), 624)]
    [InlineData(nameof(Superblock.WriteTimeHigh), 628)]
    [InlineData(nameof(Superblock.MountTimeHigh), 629)]
    [InlineData(nameof(Superblock.MakeTimeHigh), 630)]
    [InlineData(nameof(Superblock.LastCheckHigh), 631)]
    [InlineData(nameof(Superblock.FirstErrorTimeHigh), 632)]
    [InlineData(nameof(Superblock.LastErrorTimeHigh), 633)]
    [InlineData(nameof(Superblock.FirstErrorCode), 634)]
    [InlineData(nameof(Superblock.LastErrorCode), 635)]
    [InlineData(nameof(Superblock.Encoding), 636)]
    [InlineData(nameof(Superblock.EncodingFlags), 638)]
    [InlineData(nameof(Superblock.OrphanFileInode), 640)]
    [InlineData(nameof(Superblock.Reserved), 644)]
    [InlineData(nameof(Superblock.Checksum), 1020)]
    public void SuperblockFieldsLieWhereTheyShould(string field, int offset) => AssertOffset<Superblock>(field, offset);

    [Theory]
    [InlineData(nameof(GroupDescriptor.BlockBitmap), 0)]
    [InlineData(nameof(GroupDescriptor.InodeBitmap), 4)]
    [InlineData(nameof(GroupDescriptor.InodeTable), 8)]
    [InlineData(nameof(GroupDescriptor.FreeBlocksCount), 12)]
    [InlineData(nameof(GroupDescriptor.FreeInodesCount), 14)]
    [InlineData(nameof(GroupDescriptor.UsedDirectoriesCount), 16)]
    [InlineData(nameof(GroupDescriptor.Flags), 18)]
    [InlineData(nameof(GroupDescriptor.ExcludeBitmap), 20)]
    [InlineData(nameof(GroupDescriptor.BlockBitmapChecksum), 24)]
    [InlineData(nameof(GroupDescriptor.InodeBitmapChecksum), 26)]
    [InlineData(nameof(GroupDescriptor.UnusedInodesCount), 28)]
    [InlineData(nameof(GroupDescriptor.Checksum), 30)]
    public void DescriptorFieldsLieWhereTheyShould(string field, int offset) => AssertOffset<GroupDescriptor>(field, offset);

    [Theory]
    [InlineData(nameof(RawInode.Mode), 0)]
    [InlineData(nameof(RawInode.UserIdLow), 2)]
    [InlineData(nameof(RawInode.SizeLow), 4)]
    [InlineData(nameof(RawInode.AccessTime), 8)]
    [InlineData(nameof(RawInode.ChangeTime), 12)]
    [InlineData(nameof(RawInode.ModifyTime), 16)]
    [InlineData(nameof(RawInode.DeletionTime), 20)]
    [InlineData(nameof(RawInode.GroupIdLow), 24)]
    [InlineData(nameof(RawInode.LinksCount), 26)]
    [InlineData(nameof(RawInode.Blocks512), 28)]
    [InlineData(nameof(RawInode.Flags), 32)]
    [InlineData(nameof(RawInode.VersionLow), 36)]
    [InlineData(nameof(RawInode.Block), 40)]
    [InlineData(nameof(RawInode.Generation), 100)]
    [InlineData(nameof(RawInode.FileAcl), 104)]
    [InlineData(nameof(RawInode.SizeHigh), 108)]
    [InlineData(nameof(RawInode.FragmentAddress), 112)]
    [InlineData(nameof(RawInode.Blocks512High), 116)]
    [InlineData(nameof(RawInode.FileAclHigh), 118)]
    [InlineData(nameof(RawInode.UserIdHigh), 120)]
    [InlineData(nameof(RawInode.GroupIdHigh), 122)]
    [InlineData(nameof(RawInode.ChecksumLow), 124)]
    [InlineData(nameof(RawInode.Reserved), 126)]
    public void InodeFieldsLieWhereTheyShould(string field, int offset) => AssertOffset<RawInode>(field, offset);

    [Theory]
    [InlineData(nameof(RawInodeExtra.ExtraSize), 0)]
    [InlineData(nameof(RawInodeExtra.ChecksumHigh), 2)]
    [InlineData(nameof(RawInodeExtra.ChangeTimeExtra), 4)]
    [InlineData(nameof(RawInodeExtra.ModifyTimeExtra), 8)]
    [InlineData(nameof(RawInodeExtra.AccessTimeExtra), 12)]
    [InlineData(nameof(RawInodeExtra.BirthTime), 16)]
    [InlineData(nameof(RawInodeExtra.BirthTimeExtra), 20)]
    [InlineData(nameof(RawInodeExtra.VersionHigh), 24)]
    [InlineData(nameof(RawInodeExtra.ProjectId), 28)]
    public void ExtraFieldsLieWhereTheyShould(string field, int offset) => AssertOffset<RawInodeExtra>(field, offset);

    [Fact]
    public void EveryFieldIsAsserted()
    {
        AssertAllNamed<Superblock>(nameof(SuperblockFieldsLieWhereTheyShould));
        AssertAllNamed<GroupDescriptor>(nameof(DescriptorFieldsLieWhereTheyShould));
        AssertAllNamed<RawInode>(nameof(InodeFieldsLieWhereTheyShould));
        AssertAllNamed<RawInodeExtra>(nameof(ExtraFieldsLieWhereTheyShould));
    }

    private static void AssertOffset<T>(string field, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf<T>(field));

    private static void AssertAllNamed<T>(string test)
    {
        int named = typeof(LayoutTests).GetMethod(test)!.GetCustomAttributes(typeof(InlineDataAttribute), false).Length;
        int fields = typeof(T).GetFields(System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.Public).Length;
        Assert.Equal(fields, named);
    }
}
