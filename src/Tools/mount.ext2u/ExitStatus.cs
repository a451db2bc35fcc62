namespace Ext2Union.Tools.Mount;

/// <summary>Exit status of mount(8) and its helpers; bits that can be combined.</summary>
internal static class ExitStatus
{
    /// <summary>Mounted.</summary>
    public const int Success = 0;
    /// <summary>Wrong command line or not permitted.</summary>
    public const int Usage = 1;
    /// <summary>The system refused (memory, processes, no loop device).</summary>
    public const int System = 2;
    /// <summary>A bug of this program.</summary>
    public const int Bug = 4;
    /// <summary>Interrupted by the user before the mount was live; nothing is mounted.</summary>
    public const int Interrupted = 8;
    /// <summary>Not mounted.</summary>
    public const int Failure = 32;
}
