using Ext2Union.Tests.Support;

namespace Ext2Union.Ext2.Fsck.Tests;

/// <summary>The version of the stock tools that the transcripts were written with: another one may lay out a volume in another way.</summary>
internal static class FixtureTools
{
    private const string Version = "mke2fs 1.47.0 (5-Feb-2023)";

    /// <summary>A hint for a failure when the tools here are others; else empty.</summary>
    public static string Difference()
    {
        string here = ProcessRunner.Run("/sbin/mke2fs", "-V").Error.Split('\n')[0];
        return here == Version ? "" : $"The transcripts belong to volumes of {Version}, here is {here}: block and inode numbers may differ for that alone.";
    }
}
