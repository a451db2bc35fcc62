namespace Ext2Union.Ext2.Fsck;

/// <summary>Who answers when a problem is found: options -p, -n, -y of fsck(8), or the person at the terminal.</summary>
public enum CheckMode
{
    /// <summary>Every repair is asked for.</summary>
    Ask,
    /// <summary>-p: what is safe is repaired without asking; anything else stops the check with <see cref="ExitCode.Left"/>.</summary>
    Preen,
    /// <summary>-n: nothing is written, every answer is no.</summary>
    No,
    /// <summary>-y: every answer is yes.</summary>
    Yes,
}
