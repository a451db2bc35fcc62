using System.Diagnostics;
using Ext2Union.Tests.Support;

namespace Ext2Union.Fuse.Tests.Citizen;

/// <summary>A signal to end while the mount is in use for longer than the daemon waits. On its own, for it takes these ten seconds.</summary>
public sealed class DrainTests : IDisposable
{
    private readonly MountPlace place = new();

    public void Dispose() => place.Dispose();

    [Fact]
    public void AfterTenSecondsTheMountIsTakenFromItsUsers()
    {
        using MountedExt2u mounted = new(place.Image(), place.Folder);
        using FileStream open = File.Create(Path.Combine(place.Folder, "file"));
        Stopwatch watch = Stopwatch.StartNew();
        ProcessRunner.Check("/bin/kill", "-TERM", mounted.ProcessId.ToString());
        Assert.True(MountPlace.Wait(() => !File.Exists($"/proc/{mounted.ProcessId}/exe")), "the daemon is still there");
        Assert.InRange(watch.Elapsed.TotalSeconds, 9, 14);
        Assert.Null(place.Line);
        Assert.Contains("was taken from its users", mounted.Messages);
        Assert.Contains("clean", ProcessRunner.Check("/sbin/e2fsck", "-p", place["image"]));
    }
}
