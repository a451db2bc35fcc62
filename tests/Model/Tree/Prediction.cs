using Ext2Union.Model.Tests.Calls;
using Ext2Union.Vfs;

namespace Ext2Union.Model.Tests.Tree;

/// <summary>What a call must answer.</summary>
internal sealed class Prediction
{
    private readonly Errno error;
    private readonly Errno alternative;
    private readonly Func<Answer, string?>? check;

    /// <summary>An errno, or success with something to look at.</summary>
    /// <param name="error">What is expected.</param>
    /// <param name="alternative">
    /// What is right too. Immutable and append-only objects are refused by the VFS for the kernel's own file systems, and after everything else
    /// for FUSE: where two refusals meet, either may be told.
    /// </param>
    /// <param name="check">Looks at a successful answer; null when it is right.</param>
    public Prediction(Errno error, Errno alternative = Errno.None, Func<Answer, string?>? check = null) =>
        (this.error, this.alternative, this.check) = (error, alternative == Errno.None ? error : alternative, check);

    /// <summary>The call leaves the tree or opens a device: it is not made.</summary>
    public static Prediction NotMade { get; } = new(Errno.ENOSYS);

    /// <summary>Whether the call succeeds.</summary>
    public bool Succeeds => error == Errno.None;

    /// <summary>What is wrong with an answer, or null.</summary>
    public string? Judge(Answer answer)
    {
        if (answer.Error != error && answer.Error != alternative)
        {
            return $"{answer.Error}, not {error}" + (alternative == error ? "" : $" or {alternative}");
        }

        return answer.Error == Errno.None ? check?.Invoke(answer) : null;
    }
}
