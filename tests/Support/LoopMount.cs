namespace Ext2Union.Tests.Support;

/// <summary>The kernel's own mount of an image: the judge of what we wrote and the maker of what we read.</summary>
public sealed class LoopMount : IDisposable
{
    private const int MostAttempts = 40;

    private readonly AtExit.Registration registration;

    /// <summary>Mounts an image on a folder. Needs root (<see cref="Need.LoopDevices"/>).</summary>
    /// <param name="image">The image.</param>
    /// <param name="folder">Where to mount it; made when it is not there.</param>
    /// <param name="type">The kernel's driver.</param>
    /// <param name="readOnly">Whether to mount it read-only.</param>
    public LoopMount(string image, string folder, string type = "ext2", bool readOnly = true)
    {
        _ = Directory.CreateDirectory(folder);
        FullPath = folder;
        string options = readOnly ? "loop,ro" : "loop,noatime,user_xattr,acl";
        _ = ProcessRunner.Check("/bin/mount", "-t", type, "-o", options, image, folder);
        registration = AtExit.Run(Unmount);
    }

    /// <summary>The mount point.</summary>
    public string FullPath { get; }

    /// <inheritdoc/>
    public void Dispose() => registration.RunNow();

    private void Unmount()
    {
        // A command that another test starts holds our open directories until its exec: such a mount is busy for a moment.
        ProcessResult result = ProcessRunner.Run("/bin/umount", FullPath);
        for (int attempt = 0; result.ExitCode != 0 && attempt < MostAttempts; attempt++)
        {
            Thread.Sleep(50);
            result = ProcessRunner.Run("/bin/umount", FullPath);
        }

        // The loop device goes with its mount; a busy one is taken out of sight so that it goes with its last user.
        if (result.ExitCode != 0)
        {
            _ = ProcessRunner.Run("/bin/umount", "-l", FullPath);
            throw new InvalidOperationException(result.ToString());
        }
    }
}
