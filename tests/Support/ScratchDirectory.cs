namespace Ext2Union.Tests.Support;

/// <summary>A new folder under the temporary directory that goes with everything in it, also when the test fails.</summary>
public sealed class ScratchDirectory : IDisposable
{
    private readonly AtExit.Registration registration;

    /// <summary>Makes it. The label shows whose it is when something is left behind.</summary>
    public ScratchDirectory(string label = "test")
        : this(Directory.CreateTempSubdirectory($"ext2u-{label}-"))
    {
    }

    private ScratchDirectory(DirectoryInfo folder)
    {
        FullPath = folder.FullName;
        registration = AtExit.Run(Remove);
    }

    /// <summary>The same in memory, where images cost no write to a disk and a listing has the order in which things were made; elsewhere on a machine without /dev/shm.</summary>
    public static ScratchDirectory InMemory(string label) =>
        Directory.Exists("/dev/shm")
            ? new ScratchDirectory(Directory.CreateDirectory($"/dev/shm/ext2u-{label}-{Environment.ProcessId}-{Guid.NewGuid():N}"))
            : new ScratchDirectory(label);

    /// <summary>Its path.</summary>
    public string FullPath { get; }

    /// <summary>The path of something in it.</summary>
    public string this[string name] => Path.Combine(FullPath, name);

    /// <summary>Makes a folder in it and answers its path.</summary>
    public string Folder(string name) => Directory.CreateDirectory(this[name]).FullName;

    /// <inheritdoc/>
    public void Dispose() => registration.RunNow();

    // Never into a mount that is still there: what a failed unmount left must not cost its content.
    private void Remove() => _ = ProcessRunner.Run("/bin/rm", "-rf", "--one-file-system", FullPath);
}
