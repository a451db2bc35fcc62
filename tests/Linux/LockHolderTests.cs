using System.Text;
using Ext2Union.Linux.Files;
using Ext2Union.Linux.Locks;
using Ext2Union.Vfs;

namespace Ext2Union.Linux.Tests;

/// <summary>Reading /proc/locks.</summary>
public sealed class LockHolderTests
{
    private const string Table = """
        1: POSIX  ADVISORY  WRITE 700 fe:01:131 0 EOF
        2: FLOCK  ADVISORY  WRITE 999999999 fe:02:131 0 EOF
        3: FLOCK  ADVISORY  READ  999999998 fe:01:131 0 EOF
        3: -> FLOCK  ADVISORY  WRITE 702 fe:01:131 0 EOF
        4: FLOCK  ADVISORY  WRITE -1 fe:01:200 0 EOF
        5: FLOCK ADVISORY WRITE
        nonsense
        """;

    [Fact]
    public void TheHolderIsFoundByDeviceAndInode()
    {
        LockHolder? holder = Find(254, 1, 131);
        Assert.Equal((999999998, false), (holder!.ProcessId, holder.IsExclusive));
        Assert.Equal("process 999999998", holder.ToString());
    }

    [Fact]
    public void AnotherDeviceNumberIsTakenOnlyWithoutAnExactOne() => Assert.Equal(999999999, Find(0, 50, 131)!.ProcessId);

    [Fact]
    public void AProcessOutOfSightIsNotNamed() => Assert.Equal("a process of another container", Find(254, 1, 200)!.ToString());

    [Fact]
    public void NobodyHoldsWhatIsNotListed() => Assert.Null(Find(254, 1, 77));

    private static LockHolder? Find(uint major, uint minor, ulong inode) =>
        LockHolder.Find(new FileStatus(new DeviceNumber(major, minor), inode, 0, 0, default, 0), Encoding.ASCII.GetBytes(Table));
}
