using Ext2Union.BlockDevices;
using Ext2Union.Vfs;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>How a repair ended before its end.</summary>
/// <param name="Writes">Operations that were made, the last of them perhaps in part.</param>
/// <param name="Sectors">Sectors of the last one that arrived; 0: all.</param>
/// <param name="LossSeed">Not 0: power failed, and of what followed the last flush any part may be missing.</param>
internal readonly record struct CrashState(int Writes, int Sectors = 0, int LossSeed = 0)
{
    /// <summary>The volume as it is left. Nothing of the start is changed.</summary>
    public BlockDevice Left(BlockDevice start, RecordingBlockDevice recording)
    {
        var left = new OverlayBlockDevice(start);
        Errno error = LossSeed != 0 ? recording.ReplayCrash(left, Writes, new Random(LossSeed)) : recording.ReplayPrefix(left, Sectors == 0 ? Writes : Writes - 1);
        if (Sectors != 0 && error == Errno.None)
        {
            RecordedOperation torn = recording.Log()[Writes - 1];
            error = left.Write(torn.Offset, torn.Data.AsSpan(0, Sectors * RecordingBlockDevice.SectorBytes));
        }
        Assert.Equal(Errno.None, error);
        return left;
    }

    public override string ToString() =>
        LossSeed != 0 ? $"power failed after {Writes} writes (seed {LossSeed})" : Sectors != 0 ? $"write {Writes} torn after {Sectors} sectors" : $"stopped after {Writes} writes";
}
