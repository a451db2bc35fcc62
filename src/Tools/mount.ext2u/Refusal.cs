namespace Ext2Union.Tools.Mount;

/// <summary>Why nothing was mounted: one sentence that ends in what to do, and the exit status for it (mount(8)).</summary>
/// <param name="ExitStatus">One of <see cref="Mount.ExitStatus"/>.</param>
/// <param name="Sentence">For the user.</param>
internal sealed record Refusal(int ExitStatus, string Sentence)
{
    /// <summary>The command line is wrong.</summary>
    public static Refusal Usage(string sentence) => new(Mount.ExitStatus.Usage, sentence);

    /// <summary>The mount failed.</summary>
    public static Refusal Failure(string sentence) => new(Mount.ExitStatus.Failure, sentence);
}
