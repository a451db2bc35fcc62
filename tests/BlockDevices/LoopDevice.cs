using Ext2Union.Tests.Support;

namespace Ext2Union.BlockDevices.Tests;

/// <summary>A loop device over an image, taken down when disposed.</summary>
internal sealed class LoopDevice : IDisposable
{
    private readonly AtExit.Registration registration;

    public LoopDevice(string image)
    {
        Path = ProcessRunner.Check("/sbin/losetup", "--find", "--show", image).Trim();
        registration = AtExit.Run(() => _ = ProcessRunner.Run("/sbin/losetup", "-d", Path));
    }

    public string Path { get; }

    public void Dispose() => registration.RunNow();
}
